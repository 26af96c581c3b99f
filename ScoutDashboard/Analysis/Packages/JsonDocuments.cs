using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Reads a whole JSON file of an image: a byte order mark is passed over, depth is bounded, nothing but white space may follow.</summary>
internal static class JsonDocuments
{
    /// <summary>Throws <see cref="JsonException"/>, for text that is no Unicode too, and <see cref="FormatLimitException"/>.</summary>
    public static T Read<T>(ReadOnlySpan<byte> content, FormatLimits limits, Func<JsonElement, T> read, JsonCommentHandling comments = JsonCommentHandling.Disallow)
    {
        try
        {
            var reader = Open(content, limits, comments);
            using var document = JsonDocument.ParseValue(ref reader);
            reader.Read(); // throws if more than white space follows
            return read(document.RootElement);
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("The file has text that is no Unicode.", exception);
        }
        catch (JsonException) when (IsTooDeep(content, limits))
        {
            throw TooDeep(limits);
        }
    }

    /// <summary>A reader behind the byte order mark that stops at the depth that is allowed; throws <see cref="FormatLimitException"/> where a text is too long.</summary>
    public static Utf8JsonReader Open(ReadOnlySpan<byte> content, FormatLimits limits, JsonCommentHandling comments = JsonCommentHandling.Disallow)
    {
        // No text is longer than its file: few files need the look.
        if (content.Length > limits.JsonTextBytes)
        {
            CheckTexts(content, limits, comments);
        }

        return Reader(content, limits.JsonDepth, comments);
    }

    /// <summary>Whether a document that could not be read is nested too deep.</summary>
    public static bool IsTooDeep(ReadOnlySpan<byte> content, FormatLimits limits)
    {
        try
        {
            var reader = Reader(content, limits.JsonDepth + 1, JsonCommentHandling.Skip);
            while (reader.Read())
            {
                // Of the token that opens it, the depth is that of what it lies in.
                if (reader.CurrentDepth == limits.JsonDepth && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // Broken before it is too deep.
        }

        return false;
    }

    public static FormatLimitException TooDeep(FormatLimits limits) => new($"The document is nested deeper than {limits.JsonDepth} levels.");

    private static void CheckTexts(ReadOnlySpan<byte> content, FormatLimits limits, JsonCommentHandling comments)
    {
        var reader = Reader(content, limits.JsonDepth, comments);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueSpan.Length > limits.JsonTextBytes)
            {
                throw new FormatLimitException($"A text of the document is longer than {limits.JsonTextBytes} bytes.");
            }
        }
    }

    private static Utf8JsonReader Reader(ReadOnlySpan<byte> content, int depth, JsonCommentHandling comments) =>
        new(content.StartsWith("\uFEFF"u8) ? content[3..] : content, new JsonReaderOptions { MaxDepth = depth, CommentHandling = comments });

    /// <summary>A member that is an object; null otherwise.</summary>
    public static JsonElement? Member(this JsonElement element, string name) => Find(element, name, JsonValueKind.Object);

    /// <summary>A member that is a text; null otherwise.</summary>
    public static string? Text(this JsonElement element, string name) => Find(element, name, JsonValueKind.String)?.GetString();

    /// <summary>The elements of a member that is a list; none otherwise.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) => Find(element, name, JsonValueKind.Array)?.EnumerateArray() ?? Enumerable.Empty<JsonElement>();

    private static JsonElement? Find(JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;
}
