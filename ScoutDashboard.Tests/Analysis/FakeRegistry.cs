using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis;

/// <summary>A registry on a port of this machine with what the test put into it; open to everyone.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    public const string ImageConfigType = "application/vnd.oci.image.config.v1+json";
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar+gzip";
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, (string Type, byte[] Content)> _content = new();

    private FakeRegistry(WebApplication app) => _app = app;

    public string Host => new Uri(_app.Urls.Single()).Authority;

    /// <summary>Digests of blobs as they were asked for.</summary>
    public ConcurrentQueue<string> Pulls { get; } = new();

    /// <summary>Blobs that end after half their bytes, as if that were all.</summary>
    public ConcurrentDictionary<string, bool> Broken { get; } = new();

    /// <summary>Waited for before a blob is sent.</summary>
    public Func<string, Task> BeforeBlob { get; set; } = _ => Task.CompletedTask;

    /// <summary>Answers who refers to a digest; by default this registry lacks the API.</summary>
    public Func<string, HttpContext, Task> Referrers { get; set; } = (_, context) =>
    {
        context.Response.StatusCode = 404;
        return context.Response.WriteAsync("404 page not found");
    };

    public static async Task<FakeRegistry> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var registry = new FakeRegistry(builder.Build());
        registry._app.MapGet("/v2/", () => Results.Json(new { }));
        registry._app.MapGet("/v2/{name}/manifests/{digest}", (string digest, HttpContext context) => registry.SendAsync(context, digest));
        registry._app.MapGet("/v2/{name}/referrers/{digest}", (string digest, HttpContext context) => registry.Referrers(digest, context));
        registry._app.MapGet("/v2/{name}/blobs/{digest}", async (string digest, HttpContext context) =>
        {
            registry.Pulls.Enqueue(digest);
            await registry.BeforeBlob(digest);
            await registry.SendAsync(context, digest);
        });
        await registry._app.StartAsync();
        return registry;
    }

    public int SizeOf(string digest) => _content[digest].Content.Length;

    public string Add(string type, byte[] content)
    {
        var digest = Digest.Of(content).Value;
        _content[digest] = (type, content);
        return digest;
    }

    /// <summary>An image of these layers; returns the manifest's digest.</summary>
    public string AddImage(IReadOnlyList<byte[]> layers, string platform = "linux/amd64", object? config = null, object[]? history = null,
        string configType = ImageConfigType, string[]? layerTypes = null, string? artifactType = null, string? layerUrl = null, string? osVersion = null,
        Dictionary<string, string>? annotations = null)
    {
        var parts = platform.Split('/');
        var configJson = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>
        {
            ["os"] = parts[0], ["os.version"] = osVersion, ["architecture"] = parts[1], ["config"] = config, ["history"] = history ?? [], ["created"] = "2026-01-02T03:04:05Z",
        });
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>
        {
            ["schemaVersion"] = 2, ["mediaType"] = "application/vnd.oci.image.manifest.v1+json", ["artifactType"] = artifactType ?? configType,
            ["config"] = Describe(configType, configJson),
            ["layers"] = layers.Select((layer, at) => Describe(layerTypes?[at] ?? LayerType, layer, layerUrl)), ["annotations"] = annotations ?? [],
        });
        return Add("application/vnd.oci.image.manifest.v1+json", manifest);
    }

    /// <summary>An artifact with one blob, about another manifest; returns its descriptor as lists of referrers and indexes hold it.</summary>
    /// <param name="target">The image that BuildKit's index says it belongs to.</param>
    public object AddAttestation(string type, byte[] content, string? subject = null, string? target = null, long? size = null)
    {
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2, mediaType = "application/vnd.oci.image.manifest.v1+json", artifactType = type,
            config = Describe("application/vnd.oci.empty.v1+json", "{}"u8.ToArray()),
            layers = new[] { new { mediaType = type, digest = Add(type, content), size = size ?? content.Length } },
            subject = subject is null ? null : new { mediaType = "application/vnd.oci.image.manifest.v1+json", digest = subject, size = 2 },
        });
        return new
        {
            mediaType = "application/vnd.oci.image.manifest.v1+json", digest = Add("application/vnd.oci.image.manifest.v1+json", manifest), size = manifest.Length,
            artifactType = target is null ? type : null, platform = target is null ? null : new { os = "unknown", architecture = "unknown" },
            annotations = target is null ? null : new Dictionary<string, string> { ["vnd.docker.reference.type"] = "attestation-manifest", ["vnd.docker.reference.digest"] = target },
        };
    }

    /// <summary>The index as BuildKit writes it: images of linux/amd64, and what is attested of them.</summary>
    public string AddIndexWith(IEnumerable<string> images, params IEnumerable<object> attestations) => Add("application/vnd.oci.image.index.v1+json", List(
        [.. images.Select((digest, at) => new
        {
            mediaType = "application/vnd.oci.image.manifest.v1+json", digest, size = _content[digest].Content.Length, platform = new { os = "linux", architecture = at == 0 ? "amd64" : "arm64" },
        }), .. attestations]));

    /// <summary>A tag that lists the referrers of a digest, for registries without the API.</summary>
    public void AddReferrersTag(string subject, params object[] referrers) =>
        _content[subject.Replace(':', '-')] = ("application/vnd.oci.image.index.v1+json", List(referrers));

    public static byte[] List(IEnumerable<object> manifests) =>
        JsonSerializer.SerializeToUtf8Bytes(new { schemaVersion = 2, mediaType = "application/vnd.oci.image.index.v1+json", manifests });

    /// <summary>An index of these manifests; platform <c>unknown/unknown</c> makes an attestation of one.</summary>
    public string AddIndex(params (string Digest, string Platform)[] manifests) => Add("application/vnd.oci.image.index.v1+json",
        JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2, mediaType = "application/vnd.oci.image.index.v1+json",
            manifests = manifests.Select(entry => new
            {
                mediaType = "application/vnd.oci.image.manifest.v1+json", digest = entry.Digest, size = _content[entry.Digest].Content.Length,
                platform = new { os = entry.Platform.Split('/')[0], architecture = entry.Platform.Split('/')[1] },
            }),
        }));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private object Describe(string type, byte[] content, string? url = null) =>
        new { mediaType = type, digest = Add(type, content), size = content.Length, urls = url is null ? null : new[] { url } };

    private async Task SendAsync(HttpContext context, string digest)
    {
        if (!_content.TryGetValue(digest, out var found))
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("""{"errors":[{"code":"NOT_FOUND"}]}""", Encoding.UTF8);
            return;
        }

        context.Response.ContentType = found.Type;
        context.Response.Headers["Docker-Content-Digest"] = digest;
        if (Broken.ContainsKey(digest))
        {
            await context.Response.Body.WriteAsync(found.Content.AsMemory(0, found.Content.Length / 2));
            return;
        }

        context.Response.ContentLength = found.Content.Length;
        await context.Response.Body.WriteAsync(found.Content);
    }
}
