using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Support;

/// <summary>An OCI layout folder (image-layout.md) in a temporary place; goes when disposed.</summary>
public sealed class OciLayout : IDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";
    private const string ConfigType = "application/vnd.oci.image.config.v1+json";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-layout-");
    private readonly List<object> _tagged = [];

    public OciLayout()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "blobs", "sha256"));
        File.WriteAllText(Path.Combine(Folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
    }

    public string Folder => _folder.FullName;

    /// <summary>Adds an image under a tag; returns its manifest's digest.</summary>
    public string Add(string tag, OciImageBuilder image)
    {
        var (digest, size) = AddManifest(image);
        Tag(tag, ManifestType, digest, size);
        return digest;
    }

    /// <summary>Adds an index of several platforms' images under a tag; returns the index' digest.</summary>
    public string AddIndex(string tag, params IEnumerable<OciImageBuilder> images)
    {
        var manifests = images.Select(image =>
        {
            var (childDigest, childSize) = AddManifest(image);
            var parts = image.Platform.Split('/');
            var platform = new Dictionary<string, string> { ["os"] = parts[0], ["architecture"] = parts[1] };
            if (parts.Length > 2)
            {
                platform["variant"] = parts[2];
            }

            return new { mediaType = ManifestType, digest = childDigest, size = childSize, platform };
        });
        var (digest, size) = Write(JsonSerializer.SerializeToUtf8Bytes(new { schemaVersion = 2, mediaType = IndexType, manifests = manifests.ToList() }));
        Tag(tag, IndexType, digest, size);
        return digest;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private (string Digest, int Size) AddManifest(OciImageBuilder image)
    {
        var layers = image.Layers.Select(layer => Describe(layer.MediaType, layer.Content)).ToList();
        return Write(JsonSerializer.SerializeToUtf8Bytes(new { schemaVersion = 2, mediaType = ManifestType, config = Describe(ConfigType, image.Config()), layers }));
    }

    private object Describe(string mediaType, byte[] content)
    {
        var (digest, size) = Write(content);
        return new { mediaType, digest, size };
    }

    private (string Digest, int Size) Write(byte[] content)
    {
        var digest = Digest.Of(content);
        File.WriteAllBytes(Path.Combine(Folder, "blobs", "sha256", digest.Hex), content);
        return (digest.Value, content.Length);
    }

    private void Tag(string tag, string mediaType, string digest, int size)
    {
        _tagged.Add(new { mediaType, digest, size, annotations = new Dictionary<string, string> { ["org.opencontainers.image.ref.name"] = tag } });
        File.WriteAllBytes(Path.Combine(Folder, "index.json"), JsonSerializer.SerializeToUtf8Bytes(new { schemaVersion = 2, manifests = _tagged }));
    }
}
