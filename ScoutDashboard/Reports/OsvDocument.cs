using System.Text.Json;
using ScoutDashboard.Data;

namespace ScoutDashboard.Reports;

/// <summary>What a page tells of an advisory's record (OSV schema 1.x); the record is hostile: bytes, depth and entries are bounded.</summary>
public sealed record OsvDocument(string Details, IReadOnlyList<string> Aliases, IReadOnlyList<OsvReference> References)
{
    private const int MaxDepth = 64;
    private const int MaxEntries = 200;
    private const int MaxDetails = 64 * 1024;

    /// <summary>Reads the stored record; null where it is broken or beyond the bounds.</summary>
    public static OsvDocument? Read(byte[] document)
    {
        try
        {
            using var json = JsonDocument.Parse(AdvisoryDocument.Decode(document), new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var details = Text(root, "details");
            return new OsvDocument(details.Length > MaxDetails ? details[..MaxDetails] : details, [.. Strings(root, "aliases").Concat(Strings(root, "upstream"))], [.. ReadReferences(root)]);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            return null;
        }
    }

    private static IEnumerable<OsvReference> ReadReferences(JsonElement root) =>
        Items(root, "references").Where(r => r.ValueKind == JsonValueKind.Object).Select(r => new OsvReference(Text(r, "type"), Text(r, "url")))
            .Where(r => Uri.TryCreate(r.Url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http");

    private static IEnumerable<string> Strings(JsonElement parent, string name) =>
        Items(parent, name).Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!).Where(v => v.Length is > 0 and <= 200);

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Take(MaxEntries) : [];

    private static string Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

/// <summary>A link of an advisory, http or https; Type as the OSV schema has it: ADVISORY, FIX, WEB …</summary>
public sealed record OsvReference(string Type, string Url);
