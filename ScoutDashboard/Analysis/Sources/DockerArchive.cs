using System.Security.Cryptography;
using System.Text.Json;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>
/// What <c>docker save</c> writes (moby image-spec v1.2, "Combined Image JSON + Filesystem Changeset Format"): a <c>manifest.json</c> that
/// names files. It has no manifest and so no digest: the image id, its configuration's digest, stands for it; layers are hashed here.
/// </summary>
internal sealed class DockerArchive(ISourceFiles files, string name, string? reference, ManifestLimits limits, int configBytes) : IImageSource
{
    public const string Marker = "manifest.json";
    private const string ConfigType = "application/vnd.docker.container.image.v1+json";
    private const string LayerType = "application/vnd.docker.image.rootfs.diff.tar";

    private readonly Dictionary<Digest, string> _layers = [];
    private byte[] _config = [];

    public async Task<Manifest> FindAsync(CancellationToken cancellationToken)
    {
        var image = DockerArchiveEntry.Choose(
            await SourceDocument.TryReadAsync(files, Marker, limits.ManifestBytes, cancellationToken) ?? [], name, reference);
        _config = await SourceDocument.TryReadAsync(files, image.Config, configBytes, cancellationToken) ?? throw Missing(image.Config);
        var id = Digest.Of(_config);
        // Every tool names the configuration by its digest: a.json, or blobs/sha256/a.
        var named = Path.GetFileNameWithoutExtension(image.Config);
        if (Digest.TryParse($"sha256:{named}", out var expected) && expected != id)
        {
            throw new AnalysisException($"The image's configuration in {name} has another digest than its name says: the archive is damaged or was tampered with.");
        }

        if (image.Layers.Count > limits.Layers)
        {
            throw new AnalysisException($"The image has {image.Layers.Count} layers; at most {limits.Layers} are read.");
        }

        return new Manifest(id, "", new ImageManifest(
            Describe(ConfigType, id, _config.Length), await HashLayersAsync(image.Layers, cancellationToken), ArtifactType: null, Annotations: new Dictionary<string, string>()));
    }

    public Task<Manifest> GetManifestAsync(Digest digest, CancellationToken cancellationToken) =>
        throw new AnalysisException($"{name} holds no manifest {digest.Value}.");

    public Task<byte[]> GetBlobAsync(Descriptor blob, int maxBytes, CancellationToken cancellationToken) =>
        _config.Length <= maxBytes ? Task.FromResult(_config) : throw new AnalysisException($"The image's configuration has {_config.Length} bytes; at most {maxBytes} are read.");

    /// <summary>None: nothing can be about an image without manifest.</summary>
    public Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Descriptor>>([]);

    public Task<Stream> OpenUnverifiedLayerAsync(Descriptor layer, CancellationToken cancellationToken) =>
        Task.FromResult(files.TryOpen(_layers[layer.Digest]) ?? throw Missing(_layers[layer.Digest]));

    public ValueTask DisposeAsync()
    {
        files.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<List<Descriptor>> HashLayersAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var diffIds = DiffIds();
        var known = new Dictionary<string, Descriptor>(StringComparer.Ordinal);
        var layers = new List<Descriptor>();
        foreach (var (at, path) in paths.Index())
        {
            if (!known.TryGetValue(path, out var layer))
            {
                known[path] = layer = await HashAsync(path, cancellationToken);
                _layers[layer.Digest] = path;
            }

            // A compressed layer's diffID would be that of its content; an archive's layers are plain.
            if (diffIds.Count == paths.Count && diffIds[at] != layer.Digest && !await IsCompressedAsync(path, cancellationToken))
            {
                throw new AnalysisException($"Layer {at} in {name} has another digest than the image's configuration says: the archive is damaged or was tampered with.");
            }

            layers.Add(layer);
        }

        return layers;
    }

    private async Task<Descriptor> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = files.TryOpen(path) ?? throw Missing(path);
        return Describe(LayerType, Digest.FromHash(await SHA256.HashDataAsync(stream, cancellationToken)), stream.Length);
    }

    private async Task<bool> IsCompressedAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = files.TryOpen(path) ?? throw Missing(path);
        var magic = new byte[4];
        await stream.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken);
        return magic is [0x1f, 0x8b, ..] or [0x28, 0xb5, 0x2f, 0xfd];
    }

    private List<Digest> DiffIds()
    {
        try
        {
            using var document = JsonDocument.Parse(_config);
            return document.RootElement.TryGetProperty("rootfs", out var root) && root.TryGetProperty("diff_ids", out var ids)
                ? [.. ids.EnumerateArray().Select(id => Digest.Parse(id.GetString() ?? ""))] : [];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new AnalysisException($"The image's configuration in {name} is not valid.", exception);
        }
    }

    private static Descriptor Describe(string mediaType, Digest digest, long size) => new(mediaType, digest, size, Platform: null, Annotations: new Dictionary<string, string>());

    private AnalysisException Missing(string path) => new($"{name} has no file {DisplayText.Sanitise(path, 200)}: the image is not whole.");
}
