using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>Reads manifests and indexes (OCI image-spec manifest.md, image-index.md; Docker schema 2), strictly and within bounds.</summary>
internal static class ManifestReader
{
    private const int MaxAnnotations = 256;
    private const int MaxUrls = 8;

    public static Manifest Read(byte[] body, Digest digest, string? contentType, ManifestLimits limits)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw Bad("it is not a JSON object");
            }

            if (Number(root, "schemaVersion") == 1 || (root.TryGetProperty("fsLayers", out _) && !root.TryGetProperty("layers", out _)))
            {
                throw new RegistryException(RegistryError.BadResponse, "The manifest has Docker's schema 1, which is out of use since 2019: push the image again with a current tool.");
            }

            // The kind is what the document holds: a media type alone could make an index of an image.
            var type = Text(root, "mediaType") ?? contentType ?? "";
            return root.TryGetProperty("manifests", out var children) ? new Manifest(digest, type, Index(root, children, limits.ManifestChildren))
                : new Manifest(digest, type, Image(root, limits.Layers));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new RegistryException(RegistryError.BadResponse, "The manifest is not valid JSON of its kind.", exception);
        }
    }

    private static ImageIndex Index(JsonElement root, JsonElement children, int maxChildren)
    {
        if (root.TryGetProperty("layers", out _))
        {
            throw Bad("it is an index and an image at once");
        }

        return new ImageIndex(List(children, maxChildren, "children"), Annotations(root));
    }

    private static ImageManifest Image(JsonElement root, int maxLayers)
    {
        if (!root.TryGetProperty("config", out var config))
        {
            throw Bad("it names no configuration");
        }

        var layers = root.TryGetProperty("layers", out var list) ? List(list, maxLayers, "layers") : [];
        var subject = root.TryGetProperty("subject", out var about) && about.ValueKind == JsonValueKind.Object && Digest.TryParse(Text(about, "digest"), out var digest) ? digest : (Digest?)null;
        return new ImageManifest(Descriptor(config), layers, Text(root, "artifactType"), Annotations(root), subject);
    }

    private static List<Descriptor> List(JsonElement list, int max, string what)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw Bad($"its {what} are no list");
        }

        return list.GetArrayLength() <= max ? [.. list.EnumerateArray().Select(Descriptor)]
            : throw new RegistryException(RegistryError.TooLarge, $"The manifest names {list.GetArrayLength()} {what}; at most {max} are read.");
    }

    private static Descriptor Descriptor(JsonElement item)
    {
        if (!Digest.TryParse(Text(item, "digest"), out var digest))
        {
            throw Bad("it names something without a valid sha256 digest");
        }

        return Number(item, "size") is { } size and >= 0
            ? new Descriptor(Text(item, "mediaType") ?? "", digest, size, Platform(item), Annotations(item), Text(item, "artifactType"), Urls(item))
            : throw Bad("it names something without a valid size");
    }

    private static Platform? Platform(JsonElement item) => item.TryGetProperty("platform", out var platform) && platform.ValueKind == JsonValueKind.Object
        ? new Platform(Text(platform, "os") ?? "", Text(platform, "architecture") ?? "", Text(platform, "variant"), Text(platform, "os.version")) : null;

    private static List<Uri>? Urls(JsonElement item) => !item.TryGetProperty("urls", out var urls) || urls.ValueKind != JsonValueKind.Array ? null
        : [.. urls.EnumerateArray().Where(url => url.ValueKind == JsonValueKind.String).Take(MaxUrls).Select(url => Uri.TryCreate(url.GetString(), UriKind.Absolute, out var parsed) ? parsed : null).OfType<Uri>()];

    private static Dictionary<string, string> Annotations(JsonElement item)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        if (item.TryGetProperty("annotations", out var values) && values.ValueKind == JsonValueKind.Object)
        {
            foreach (var value in values.EnumerateObject().Where(v => v.Value.ValueKind == JsonValueKind.String).Take(MaxAnnotations))
            {
                annotations[value.Name] = value.Value.GetString() ?? "";
            }
        }

        return annotations;
    }

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static RegistryException Bad(string why) => new(RegistryError.BadResponse, $"The manifest can't be read: {why}.");
}
