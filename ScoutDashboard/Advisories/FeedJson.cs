using System.Globalization;
using System.Text.Json;

namespace ScoutDashboard.Advisories;

/// <summary>Reads JSON that nobody vouches for: what has the wrong shape is absent, never an error.</summary>
internal static class FeedJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>The whole document.</summary>
    /// <param name="json">Read once, forward; its size is bounded by who opened it.</param>
    /// <param name="what">What it should be, for a person.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="FeedException">It is no whole JSON document.</exception>
    public static async Task<JsonDocument> ParseAsync(Stream json, string what, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonDocument.ParseAsync(json, Options, cancellationToken);
        }
        catch (JsonException exception)
        {
            throw new FeedException($"{what} is no whole JSON document.", exception);
        }
    }

    /// <summary>The member of an object, or null.</summary>
    public static JsonElement? Member(JsonElement item, string name) => item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The items of a list, or null where there is none.</summary>
    public static JsonElement.ArrayEnumerator? List(JsonElement item, string name) => Member(item, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : null;

    public static string? Text(JsonElement item, string name) => Member(item, name) is { } value ? Text(value) : null;

    /// <summary>The text that a value is, or null.</summary>
    public static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return null;
        }
    }

    /// <summary>UTC where the text does not tell otherwise.</summary>
    public static DateTime? Time(JsonElement item, string name) =>
        DateTimeOffset.TryParse(Text(item, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.UtcDateTime : null;
}
