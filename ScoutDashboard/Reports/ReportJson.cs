using System.Text.Json;
using System.Text.Json.Serialization;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>Reads the JSON columns of an image.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The gaps; a column that can't be read is a gap itself, never an empty list.</summary>
    public static IReadOnlyList<ScanGap> Gaps(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<List<ScanGap>>(json, Options) ?? [];
        }
        catch (JsonException)
        {
            return [new ScanGap(ScanGapKind.Malformed, "", "The stored list of gaps can't be read. Analyse the image again.")];
        }
    }

    /// <summary>What others say of an image; a column that can't be read says that it could not be asked for.</summary>
    public static AttestationFindings Attestations(string json)
    {
        const string unreadable = "What was stored can't be read. Analyse the image again.";
        try
        {
            return JsonSerializer.Deserialize<AttestationFindings>(json, Options) ?? new AttestationFindings([], [], unreadable);
        }
        catch (JsonException)
        {
            return new AttestationFindings([], [], unreadable);
        }
    }

    /// <summary>The configuration, or null before analysis or where it can't be read.</summary>
    public static ImageSettings? Settings(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<ImageSettings>(json, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
