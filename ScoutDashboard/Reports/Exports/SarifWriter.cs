using System.Globalization;
using System.Text.Json;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports.Exports;

/// <summary>
/// Writes an image's findings as SARIF 2.1.0 (OASIS): a rule for each vulnerability, a result for each finding. What an exception covers is suppressed (3.35), so that it
/// raises no alert and still stands there.
/// </summary>
public static class SarifWriter
{
    private const int FlushEvery = 64 * 1024;

    public static async Task WriteAsync(ImageView image, IAsyncEnumerable<FindingRow> rows, Stream destination, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Indented = true });
        var rules = new SortedDictionary<string, FindingRow>(StringComparer.Ordinal);
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        json.WriteStartArray("results");
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            if (!rules.TryGetValue(row.VulnerabilityId, out var worst) || worst.Severity < row.Severity)
            {
                rules[row.VulnerabilityId] = row;
            }

            WriteResult(json, image, row);
            if (json.BytesPending > FlushEvery)
            {
                await json.FlushAsync(cancellationToken);
            }
        }

        json.WriteEndArray();
        WriteTool(json, rules);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
    }

    private static void WriteResult(Utf8JsonWriter json, ImageView image, FindingRow row)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", row.VulnerabilityId);
        json.WriteString("kind", row.Verdict == Data.Verdict.Undecided ? "review" : "fail");
        // Only what fails has a level (3.27.10).
        json.WriteString("level", row.Verdict == Data.Verdict.Undecided ? "none" : Level(row.Severity));
        WriteText(json, "message", $"{row.VulnerabilityId} in {row.Package} {row.Version} of {image.Registry}/{image.Repository}@{image.Image.Digest}. {(row.FixedVersion is { } version ? $"Fixed in {version}." : "No fixed version is known.")}");
        json.WriteStartArray("locations");
        foreach (var path in row.Places.Select(place => place.Path).Distinct(StringComparer.Ordinal).DefaultIfEmpty("."))
        {
            json.WriteStartObject();
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", string.Join('/', path.Split('/').Select(Uri.EscapeDataString)));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("suppressions");
        if (row.Exceptions.Applied is { } rule)
        {
            json.WriteStartObject();
            json.WriteString("kind", "external");
            json.WriteString("status", "accepted");
            json.WriteString("justification", $"{ExceptionWords.Type(rule)}, {ExceptionWords.Where(rule)}, by {rule.CreatedBy}: {rule.Details}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("finding/v1", $"{row.VulnerabilityId} {PackageScope.Of(row.Purl)}");
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteString("purl", row.Purl);
        json.WriteString("severity", row.Severity.ToString());
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter json, SortedDictionary<string, FindingRow> rules)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "ScoutDashboard");
        json.WriteString("version", ProgramVersion.Text);
        json.WriteStartArray("rules");
        foreach (var (id, row) in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            WriteText(json, "shortDescription", string.IsNullOrEmpty(row.Summary) ? id : $"{id}: {row.Summary}");
            json.WriteString("helpUri", AdvisoryDatabase.PageOf(row.AdvisoryId));
            json.WriteStartObject("properties");
            // As GitHub's code scanning reads it.
            if (row.Score is { } score)
            {
                json.WriteString("security-severity", score.ToString("0.0", CultureInfo.InvariantCulture));
            }

            json.WriteStartArray("tags");
            json.WriteStringValue("security");
            json.WriteStringValue("vulnerability");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static string Level(SeverityLevel severity) => severity switch
    {
        SeverityLevel.Critical or SeverityLevel.High => "error",
        SeverityLevel.Medium or SeverityLevel.Unknown => "warning",
        _ => "note",
    };
}
