using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;

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
            Sources = findings is null ? null : Credits.Described(Credits.Of(findings)),
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
            var exploits = new ExploitLookup(findings.KnownExploits, findings.Forecasts);
            described["findings"] = JsonSerializer.SerializeToNode(findings.ByPurl.GetValueOrDefault(identity.Purl)?.Select(found => Describe(found, exploits.Of(found.Id, found.OtherCves))), Options);
        }

        return described;
    }

    // "cve" where it is another than the id.
    private static object Describe(Vulnerability found, ExploitFacts facts) => new
    {
        found.Id, found.OtherCves, Severity = found.Severity.Level, found.Severity.Score, found.DistributionRating, found.FixedVersion, found.Verdict, found.Reason, Advisories = found.AdvisoryIds,
        KnownExploited = facts.IsListed is not { } isListed ? null
            : new { Listed = isListed, Cve = facts.ListedAs, facts.Listing?.AddedOn, facts.Listing?.DueOn, facts.Listing?.UsedByRansomware },
        Epss = facts.Probability is { } probability ? new { Probability = probability, facts.Percentile, Cve = facts.ScoredAs } : null,
    };
}
