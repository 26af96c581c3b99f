using System.Text.Json;
using ZstdSharp;

namespace ScoutDashboard.Reports;

/// <summary>What a page tells of an advisory's record (OSV schema 1.x); the record is hostile: bytes, depth and entries are bounded.</summary>
public sealed record OsvDocument(string Details, IReadOnlyList<string> Aliases, IReadOnlyList<OsvReference> References)
{
    private const int MaxBytes = 8 * 1024 * 1024;
    private const int MaxDepth = 64;
    private const int MaxEntries = 200;
    private const int MaxDetails = 64 * 1024;

    /// <summary>Reads the stored, zstd-compressed record; null where it is broken or beyond the bounds.</summary>
    public static OsvDocument? Read(byte[] compressed)
    {
        try
        {
            using var json = JsonDocument.Parse(Decompress(compressed), new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var details = Text(root, "details");
            return new OsvDocument(details.Length > MaxDetails ? details[..MaxDetails] : details, [.. Strings(root, "aliases").Concat(Strings(root, "upstream"))], [.. ReadReferences(root)]);
        }
        catch (Exception exception) when (exception is JsonException or ZstdException or InvalidDataException or IOException)
        {
            return null;
        }
    }

    private static byte[] Decompress(byte[] compressed)
    {
        using var stream = new DecompressionStream(new MemoryStream(compressed, writable: false), leaveOpen: false);
        using var whole = new MemoryStream();
        var buffer = new byte[32 * 1024];
        while (stream.Read(buffer) is var read and > 0)
        {
            if (whole.Length + read > MaxBytes)
            {
                throw new InvalidDataException("The record is too large.");
            }

            whole.Write(buffer, 0, read);
        }

        return whole.ToArray();
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
