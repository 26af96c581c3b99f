using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>Reads the registry's small JSON lists.</summary>
internal static class ListReader
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>Strings of one array, e.g. <c>{"repositories":["a"]}</c>; null in its place is an empty list.</summary>
    public static IReadOnlyList<string> Names(byte[] body, string property) => Read(body, root =>
        root.TryGetProperty(property, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => item.GetString()).OfType<string>().ToList() : []);

    /// <summary>ACR's <c>_tags</c>: what can't be read or is not meant to be listed, and tags of signatures, are left out.</summary>
    public static IReadOnlyList<RegistryTag> AzureTags(byte[] body) => Read(body, root =>
    {
        var tags = new List<RegistryTag>();
        if (root.TryGetProperty("tags", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in list.EnumerateArray())
            {
                var name = Text(item, "name");
                if (name is not null && RepositoryPath.IsTag(name) && !IsReferrerTag(name) && Digest.TryParse(Text(item, "digest"), out var digest) && IsOpen(item))
                {
                    tags.Add(new RegistryTag(name, digest, Time(Text(item, "lastUpdateTime") ?? Text(item, "createdTime"))));
                }
            }
        }

        return tags;
    });

    /// <summary>The configuration's <c>created</c>, UTC.</summary>
    public static DateTime? Created(byte[] config) => Read(config, root => Time(Text(root, "created")));

    /// <summary>Whether a tag only holds a signature, an attestation or a referrers' list: <c>sha256-&lt;64 hex&gt;[.sig|.att|.sbom]</c>.</summary>
    public static bool IsReferrerTag(string tag) => tag.StartsWith("sha256-", StringComparison.Ordinal) && tag.Length >= 71 && !tag.AsSpan(7, 64).ContainsAnyExcept(HexDigits);

    private static T Read<T>(byte[] body, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement)
                : throw new RegistryException(RegistryError.BadResponse, "The registry's answer is not what its API promises.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new RegistryException(RegistryError.BadResponse, "The registry's answer is not what its API promises.", exception);
        }
    }

    private static bool IsOpen(JsonElement item) => !item.TryGetProperty("changeableAttributes", out var attributes) || attributes.ValueKind != JsonValueKind.Object
        || (!IsFalse(attributes, "readEnabled") && !IsFalse(attributes, "listEnabled"));

    private static bool IsFalse(JsonElement item, string name) => item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.False;

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // ACR writes seven digits of a second's fraction; nothing before 1970 or far ahead is believed.
    private static DateTime? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year is >= 1970 and < 2200 ? time.UtcDateTime : null;
}
