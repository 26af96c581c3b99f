using System.Text.Json;

namespace ScoutDashboard.Tests.Support;

/// <summary>One image for an <see cref="OciLayout"/>: layers, lowest first, with the instructions that made them. The same calls make the same bytes.</summary>
public sealed class OciImageBuilder(string platform = "linux/amd64")
{
    private readonly List<OciLayer> _layers = [];
    private readonly List<object> _history = [];
    private readonly List<string> _environment = [];

    public string Platform { get; } = platform;

    /// <summary>The configuration's <c>created</c>.</summary>
    public DateTime Created { get; init; } = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    internal IReadOnlyList<OciLayer> Layers => _layers;

    public OciImageBuilder Layer(LayerTar tar, string createdBy, LayerCompression compression = LayerCompression.Gzip)
    {
        _layers.Add(OciLayer.Of(tar.ToArray(), compression));
        return Said(createdBy, emptyLayer: false);
    }

    /// <summary>A layer of plain files: (path, content).</summary>
    public OciImageBuilder Layer(string createdBy, params IEnumerable<(string Path, string Content)> files)
    {
        var tar = new LayerTar();
        foreach (var (path, content) in files)
        {
            tar.File(path, content);
        }

        return Layer(tar, createdBy);
    }

    /// <summary>An environment variable, with the history line that a build writes for it.</summary>
    public OciImageBuilder Env(string name, string value)
    {
        _environment.Add($"{name}={value}");
        return Said($"ENV {name}={value}", emptyLayer: true);
    }

    internal byte[] Config()
    {
        var parts = Platform.Split('/');
        var config = new Dictionary<string, object>
        {
            ["created"] = Created, ["architecture"] = parts[1], ["os"] = parts[0],
            ["config"] = new { Env = _environment, Cmd = new[] { "/bin/sh" } },
            ["rootfs"] = new { type = "layers", diff_ids = _layers.Select(layer => layer.DiffId) },
            ["history"] = _history,
        };
        if (parts.Length > 2)
        {
            config["variant"] = parts[2];
        }

        return JsonSerializer.SerializeToUtf8Bytes(config);
    }

    private OciImageBuilder Said(string createdBy, bool emptyLayer)
    {
        _history.Add(emptyLayer ? new { created = Created, created_by = createdBy, empty_layer = true } : new { created = Created, created_by = createdBy });
        return this;
    }
}

/// <summary>How a layer's tar is packed.</summary>
public enum LayerCompression { Gzip, Zstd, None }
