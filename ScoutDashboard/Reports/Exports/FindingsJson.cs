using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;

namespace ScoutDashboard.Reports.Exports;

/// <summary>Writes an image's findings as one JSON document: the image, its counts (null: not matched), and its findings, each with what exceptions say of it.</summary>
public static class FindingsJson
{
    private const int FlushEvery = 64 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static async Task WriteAsync(ImageView image, IAsyncEnumerable<FindingRow> rows, Stream destination, CancellationToken cancellationToken)
    {
        // Into memory, part by part: the serializer flushes by itself, and not asynchronously.
        var part = new ArrayBufferWriter<byte>(FlushEvery);
        await using var json = new Utf8JsonWriter(part, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WritePropertyName("image");
        JsonSerializer.Serialize(json, new { image.Registry, image.Repository, image.Tags, image.Image.Digest, image.Image.Platform, image.Image.AnalysedAt, Packages = image.Packages }, Options);
        json.WritePropertyName("counts");
        JsonSerializer.Serialize(json, image.Image.Counts is { } counts ? new { counts.Critical, counts.High, counts.Medium, counts.Low, counts.Unknown, image.Image.Accepted } : null, Options);
        json.WriteString("unmatched", image.Image.Unmatched);
        json.WriteStartArray("findings");
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            JsonSerializer.Serialize(json, Describe(row), Options);
            if (part.WrittenCount > FlushEvery)
            {
                await destination.WriteAsync(part.WrittenMemory, cancellationToken);
                part.ResetWrittenCount();
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        await destination.WriteAsync(part.WrittenMemory, cancellationToken);
    }

    private static object Describe(FindingRow row) => new
    {
        Id = row.VulnerabilityId, row.OtherCves, Advisory = row.AdvisoryId, row.Summary, row.Severity, row.Score, row.Vector, row.SeveritySource, row.DistributionRating, row.Verdict, row.Reason,
        row.Package, row.Version, row.PackageType, row.Purl, row.FixedVersion, Fix = row.FixState, Places = row.Places.Select(place => new { place.Path, Layer = place.LayerIndex }),
        KnownExploited = row.Exploit.IsListed, Epss = row.Exploit.Probability, EpssPercentile = row.Exploit.Percentile,
        Exception = row.Exceptions.Applied is { } rule ? Describe(rule) : null,
        OtherExceptions = row.Exceptions.Missed.Select(missed => new { missed.Why, Exception = Describe(missed.Rule) }),
    };

    private static object Describe(ExceptionRule rule) => new
    {
        rule.Id, rule.Type, Justification = rule.Justification is { } why ? ExceptionWords.Justification(why) : null, rule.Details, rule.Scope, Images = ExceptionWords.Where(rule), rule.Package,
        rule.CreatedBy, rule.CreatedAt, rule.ExpiresAt, rule.EndedAt,
    };
}
