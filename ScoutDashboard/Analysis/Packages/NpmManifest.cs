using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>The few top-level members of a package.json that matter; of two equal keys the last wins, as in Node.</summary>
internal sealed class NpmManifest
{
    public string? Name { get; private set; }
    public string? Version { get; private set; }
    public string? License { get; private set; }
    public bool IsPrivate { get; private set; }

    /// <summary>Throws <see cref="JsonException"/>, <see cref="InvalidOperationException"/> for text that is no Unicode, or <see cref="FormatLimitException"/>.</summary>
    public static NpmManifest Read(ReadOnlySpan<byte> content, FormatLimits limits)
    {
        var reader = JsonDocuments.Open(content, limits);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("The file is no JSON object.");
        }

        var manifest = new NpmManifest();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // No text is made of the many keys that nobody asks for.
            var key = KeyOf(ref reader);
            reader.Read();
            switch (key)
            {
                case "name": manifest.Name = ReadText(ref reader); break;
                case "version": manifest.Version = ReadText(ref reader); break;
                case "license": manifest.License = ReadLicense(ref reader); break;
                case "licenses": manifest.License ??= ReadLicense(ref reader); break;
                case "private": manifest.IsPrivate = reader.TokenType == JsonTokenType.True; break;
            }

            reader.Skip();
        }

        // Reads what may follow the object: only white space may.
        reader.Read();
        return manifest;
    }

    private static string? KeyOf(ref Utf8JsonReader reader) => reader.ValueIsEscaped ? reader.GetString()
        : reader.ValueTextEquals("name"u8) ? "name" : reader.ValueTextEquals("version"u8) ? "version" : reader.ValueTextEquals("license"u8) ? "license"
        : reader.ValueTextEquals("licenses"u8) ? "licenses" : reader.ValueTextEquals("private"u8) ? "private" : null;

    private static string? ReadText(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String ? reader.GetString() : null;

    // "MIT", { "type": "MIT" } or a list of these.
    private static string? ReadLicense(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return ReadText(ref reader) is { Length: > 0 } text ? text : null;
        }

        using var document = JsonDocument.ParseValue(ref reader);
        var licenses = document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray()] : new[] { document.RootElement };
        var names = licenses.Select(NameOf).Where(name => !string.IsNullOrEmpty(name)).Take(20);
        return string.Join(" OR ", names) is { Length: > 0 } joined ? joined : null;
    }

    private static string? NameOf(JsonElement license) => license.ValueKind switch
    {
        JsonValueKind.String => license.GetString(),
        JsonValueKind.Object when license.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String => type.GetString(),
        _ => null,
    };
}
