using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;

namespace ScoutDashboard.Cli;

/// <summary>Writes an analysed image as one JSON document.</summary>
internal static class ImageJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    public static async Task WriteAsync(ImageLocation location, StandaloneImage image, StandaloneFindings? findings, Stream destination, CancellationToken cancellationToken)
    {
        var document = new
        {
            Image = new
            {
                location.Name, location.Tag, image.Digest, image.ConfigDigest, Platform = image.Platform.ToString(),
                Distribution = image.Distribution is { } distribution ? new { distribution.Id, distribution.VersionId, Name = distribution.DisplayName } : null,
                image.CreatedAt, image.Size,
            },
            image.Layers,
            Components = image.Components.Select(component => Describe(component, findings)),
            image.Gaps,
            image.Attestations,
        };
        await JsonSerializer.SerializeAsync(destination, document, Options, cancellationToken);
        destination.WriteByte((byte)'\n');
    }

    private static JsonObject Describe(StandaloneComponent component, StandaloneFindings? findings)
    {
        var identity = component.Identity;
        // Only distributions build several packages from one source; advisories name the source.
        var hasSource = identity.Type is "deb" or "apk" or "rpm";
        var described = JsonSerializer.SerializeToNode(new
        {
            identity.Type, Ecosystem = identity.Ecosystem.Length == 0 ? null : identity.Ecosystem, identity.Name, identity.Version, identity.Purl,
            Source = hasSource ? identity.AdvisoryName : null, SourceVersion = hasSource ? identity.AdvisoryVersion : null,
            Paths = component.Places.Select(place => place.Path).Distinct(), component.Places[0].Layer,
        }, Options)!.AsObject();
        if (component.PartOf is { } tool)
        {
            described["partOf"] = tool;
        }

        if (identity.StandIn is { } standIn)
        {
            described["loadedInstead"] = standIn.DisplayName;
        }

        if (component.ListedOnly is { } why)
        {
            described[why == ListedOnly.Declared ? "declared" : "application"] = true;
        }
        else if (findings is not null)
        {
            // Null where no advisories could be had: not the same as none.
            described["findings"] = JsonSerializer.SerializeToNode(findings.ByPurl.GetValueOrDefault(identity.Purl)?.Select(found => new
            {
                found.Id, Severity = found.Severity.Level, found.Severity.Score, found.DistributionRating, found.FixedVersion, found.Verdict, found.Reason, Advisories = found.AdvisoryIds,
                KnownExploited = Listing(found.Id, findings), Epss = findings.Forecasts?.GetValueOrDefault(found.Id) is { } forecast ? new { forecast.Probability, forecast.Percentile } : null,
            }), Options);
        }

        return described;
    }

    // Null where the catalog could not be had, or can't name what has no CVE.
    private static object? Listing(string id, StandaloneFindings findings) => findings.KnownExploits is not { } catalog || !CveId.IsValid(id) ? null
        : catalog.GetValueOrDefault(id) is { } entry ? new { Listed = true, AddedOn = (DateTime?)entry.AddedOn, entry.DueOn, UsedByRansomware = (bool?)entry.UsedByRansomware }
        : new { Listed = false, AddedOn = (DateTime?)null, DueOn = (DateTime?)null, UsedByRansomware = (bool?)null };
}
