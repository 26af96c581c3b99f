using System.Text.Json;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;

namespace ScoutDashboard.Cli;

/// <summary>One line of what <c>match</c> reads: a component, or why it is none.</summary>
/// <param name="Ecosystem">As given; null where only a package URL was.</param>
/// <param name="Subject">What to ask advisories; null where there is nothing to ask.</param>
/// <param name="Unmatched">Why there is nothing to ask, of a component that was understood.</param>
/// <param name="Error">What is wrong with the line.</param>
internal sealed record MatchRequest(int Line, string? Ecosystem, string? Name, string? Version, string? Purl, MatchSubject? Subject, string? Unmatched, string? Error)
{
    private const int MaxText = 1000;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    public static MatchRequest Read(InputLine line)
    {
        if (line.Text is null)
        {
            return Bad(line.Number, $"longer than {InputLines.MaxLength} characters");
        }

        try
        {
            using var document = JsonDocument.Parse(line.Text, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(line.Number, document.RootElement) : Bad(line.Number, "not a JSON object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that holds half of a surrogate pair.
            return Bad(line.Number, "not a JSON object");
        }
    }

    private static MatchRequest Read(int line, JsonElement item)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in (string[])["ecosystem", "name", "version", "source", "sourceVersion", "purl"])
        {
            if (!item.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 and <= MaxText } text)
            {
                return Bad(line, $"{key} is not a text of 1 to {MaxText} characters");
            }

            texts[key] = text;
        }

        return texts.ContainsKey("ecosystem") || texts.ContainsKey("name") || texts.ContainsKey("version") ? Named(line, texts)
            : texts.TryGetValue("purl", out var purl) ? OfPurl(line, purl)
            : Bad(line, "neither ecosystem, name and version nor purl");
    }

    private static MatchRequest Named(int line, Dictionary<string, string> texts)
    {
        foreach (var key in (string[])["ecosystem", "name", "version"])
        {
            if (!texts.ContainsKey(key))
            {
                return Bad(line, $"{key} is missing");
            }
        }

        var subject = PackageSubject.Of(texts["ecosystem"], texts["name"], texts["version"], texts.GetValueOrDefault("source"), texts.GetValueOrDefault("sourceVersion"));
        return new MatchRequest(line, texts["ecosystem"], texts["name"], texts["version"], texts.GetValueOrDefault("purl"), subject, null, null);
    }

    private static MatchRequest OfPurl(int line, string text)
    {
        if (!ParsedPackageUrl.TryParse(text, out var purl))
        {
            return Bad(line, "purl is no package URL");
        }

        var (subject, reason) = PackageSubject.Of(purl);
        return new MatchRequest(line, subject?.Ecosystem, purl.Name, purl.Version, text, subject, reason, null);
    }

    private static MatchRequest Bad(int line, string error) => new(line, null, null, null, null, null, null, error);
}
