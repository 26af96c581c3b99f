using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Reads a whole JSON file of an image: a byte order mark is passed over, depth is bounded, nothing but white space may follow.</summary>
internal static class JsonDocuments
{
    private const int MaxDepth = 64;

    /// <summary>Throws <see cref="JsonException"/>, for text that is no Unicode too.</summary>
    public static T Read<T>(ReadOnlySpan<byte> content, Func<JsonElement, T> read, JsonCommentHandling comments = JsonCommentHandling.Disallow)
    {
        try
        {
            var reader = new Utf8JsonReader(content.StartsWith("\uFEFF"u8) ? content[3..] : content, new JsonReaderOptions { MaxDepth = MaxDepth, CommentHandling = comments });
            using var document = JsonDocument.ParseValue(ref reader);
            reader.Read(); // throws if more than white space follows
            return read(document.RootElement);
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("The file has text that is no Unicode.", exception);
        }
    }

    /// <summary>A member that is an object; null otherwise.</summary>
    public static JsonElement? Member(this JsonElement element, string name) => Find(element, name, JsonValueKind.Object);

    /// <summary>A member that is a text; null otherwise.</summary>
    public static string? Text(this JsonElement element, string name) => Find(element, name, JsonValueKind.String)?.GetString();

    /// <summary>The elements of a member that is a list; none otherwise.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) => Find(element, name, JsonValueKind.Array)?.EnumerateArray() ?? Enumerable.Empty<JsonElement>();

    private static JsonElement? Find(JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;
}
