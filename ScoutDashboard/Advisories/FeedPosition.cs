using System.Text.Json;

namespace ScoutDashboard.Advisories;

/// <summary>Writes a feed's own note for its next run, and reads it again.</summary>
internal static class FeedPosition
{
    public static string Write<T>(T position) => JsonSerializer.Serialize(position);

    /// <summary>Null for a text that is none.</summary>
    public static T? Read<T>(string? text)
        where T : class
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize<T>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
