using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>The findings of one image, the most urgent first.</summary>
public sealed class FindingsReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    public async Task<FindingsPage> ListAsync(int organizationId, long imageId, FindingFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var accepted = await AcceptedFindings.InImageAsync(db, organizationId, imageId, now, cancellationToken);
        var query = Query(db, organizationId, imageId, filter);
        if (filter.Accepted is { } wanted)
        {
            query = query.Where(r => accepted.Contains(r.Finding.Id) == wanted);
        }

        var total = await query.CountAsync(cancellationToken);
        var vulnerabilities = await query.Select(r => r.Finding.VulnerabilityId).Distinct().CountAsync(cancellationToken);
        var undecided = await query.CountAsync(r => r.Finding.Verdict == Verdict.Undecided, cancellationToken);
        var wholly = await AcceptedFindings.VulnerabilitiesAsync(db, Components(db, db.InstalledComponents, organizationId, imageId, layer: null), accepted, cancellationToken);
        var acceptedHere = wholly.Count == 0 ? 0 : await query.Select(r => r.Finding.VulnerabilityId).Where(id => wholly.Contains(id)).Distinct().CountAsync(cancellationToken);
        var rows = await Sorted(db, query, filter.Sort, accepted)
            .ThenBy(r => r.Finding.VulnerabilityId).ThenBy(r => r.Component.Name).ThenBy(r => r.Finding.Id)
            .Skip(page.Skip).Take(page.Size)
            .Select(r => new
            {
                r.Finding.Id, r.Finding.VulnerabilityId, r.Finding.AdvisoryId, r.Finding.Verdict, r.Finding.Reason, r.Finding.Severity, r.Finding.Score, r.Finding.Vector, r.Finding.SeveritySource, r.Finding.DistributionRating,
                r.Finding.FixedVersion, r.Finding.FixState, r.Component.Name, r.Component.Version, r.Component.Type, r.Component.Purl, ComponentId = r.Component.Id,
                Summary = db.Advisories.Where(a => a.Id == r.Finding.AdvisoryId).Select(a => a.Summary).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);

        var others = await OtherCves.ReadAsync(db, [.. rows.Select(r => r.Id)], cancellationToken);
        var exploits = await ExploitLookup.ReadAsync(db, [.. rows.SelectMany(r => others[r.Id].Prepend(r.VulnerabilityId)).Distinct()], cancellationToken);
        var place = await AcceptedFindings.PlaceAsync(db, imageId, cancellationToken);
        var exceptions = await ExceptionReader.OnAsync(db, organizationId, [.. rows.SelectMany(r => others[r.Id].Prepend(r.VulnerabilityId)).Distinct()], now, cancellationToken);
        var places = await PlacesAsync(db, db.InstalledComponents, imageId, [.. rows.Select(r => r.ComponentId).Distinct()], cancellationToken);
        return new FindingsPage(
            [.. rows.Select(r => new FindingRow(
                r.Id, r.VulnerabilityId, r.AdvisoryId, r.Summary, r.Severity, r.Score, r.Vector, r.SeveritySource, r.Verdict, r.Reason, r.FixedVersion, r.FixState,
                r.ComponentId, r.Name, r.Version, r.Type, r.Purl, [.. places[r.ComponentId]])
            {
                Exploit = exploits.Of(r.VulnerabilityId, others[r.Id]), OtherCves = [.. others[r.Id]], DistributionRating = r.DistributionRating,
                Exceptions = place is null ? ExceptionVerdict.None : exceptions.Judge(new ExceptionSubject([r.VulnerabilityId, .. others[r.Id]], r.Purl, place.Value)),
            })],
            total, vulnerabilities, undecided)
        {
            Accepted = acceptedHere,
        };
    }

    /// <summary>The purl types that the image's packages have, for the filter.</summary>
    public async Task<IReadOnlyList<string>> PackageTypesAsync(int organizationId, long imageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Components(db, db.PackageSetComponents, organizationId, imageId, layer: null).Select(c => c.Type).Distinct().OrderBy(t => t).ToListAsync(cancellationToken);
    }

    /// <summary>The image's components that are among <paramref name="held"/>.</summary>
    internal static IQueryable<Component> Components(ScoutDb db, IQueryable<PackageSetComponent> held, int organizationId, long imageId, int? layer)
    {
        var sets = db.ImagePackageSets.Where(s => s.ImageId == imageId && db.Images.Any(i => i.Id == imageId && i.Repository!.Integration!.OrganizationId == organizationId));
        if (layer is { } index)
        {
            sets = sets.Where(s => s.LayerIndex == index);
        }

        var ids = sets.Join(held, s => s.PackageSetId, c => c.PackageSetId, (_, c) => c.ComponentId);
        return db.Components.Where(c => ids.Contains(c.Id));
    }

    /// <summary>Where each of these components lies in the image, as far as it is among <paramref name="held"/>: path and layer.</summary>
    internal static async Task<ILookup<long, PackagePlace>> PlacesAsync(ScoutDb db, IQueryable<PackageSetComponent> held, long imageId, IReadOnlyCollection<long> componentIds, CancellationToken cancellationToken)
    {
        var rows = await (
            from set in db.ImagePackageSets
            where set.ImageId == imageId
            join component in held on set.PackageSetId equals component.PackageSetId
            where componentIds.Contains(component.ComponentId)
            orderby set.LayerIndex, component.Path
            select new { component.ComponentId, Place = new PackagePlace(component.Path, set.LayerIndex, component.ReplacedVersion, component.ReplacedLayer, component.ListedOnly, component.PartOf) }).ToListAsync(cancellationToken);
        return rows.ToLookup(r => r.ComponentId, r => r.Place);
    }

    private static IQueryable<FoundIn> Query(ScoutDb db, int organizationId, long imageId, FindingFilter filter)
    {
        var query = Components(db, db.InstalledComponents, organizationId, imageId, filter.Layer)
            .Join(db.Findings, c => c.Id, f => f.ComponentId, (component, finding) => new FoundIn { Component = component, Finding = finding });
        if (filter.Severity is { } severity)
        {
            // None is told as low everywhere.
            query = severity == SeverityLevel.Low
                ? query.Where(r => r.Finding.Severity == SeverityLevel.Low || r.Finding.Severity == SeverityLevel.None)
                : query.Where(r => r.Finding.Severity == severity);
        }

        if (filter.Exploited)
        {
            query = query.Where(r => db.KnownExploits.Any(k => k.Cve == r.Finding.VulnerabilityId) || OtherCves.Listed(db).Contains(r.Finding.Id));
        }

        if (filter.Fixable)
        {
            query = query.Where(r => r.Finding.FixState == FixState.Fixed);
        }

        if (!string.IsNullOrEmpty(filter.PackageType))
        {
            query = query.Where(r => r.Component.Type == filter.PackageType);
        }

        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var pattern = LikePattern.Containing(filter.Text);
            query = query.Where(r => EF.Functions.Like(r.Finding.VulnerabilityId, pattern, LikePattern.Escape) || OtherCves.Like(db, pattern).Contains(r.Finding.Id)
                || EF.Functions.Like(r.Finding.AdvisoryId, pattern, LikePattern.Escape) || EF.Functions.Like(r.Component.Name, pattern, LikePattern.Escape));
        }

        return query;
    }

    // Known exploited first, then what is most likely to be; what has no score stands behind, by severity; what is accepted is last.
    private static IOrderedQueryable<FoundIn> Sorted(ScoutDb db, IQueryable<FoundIn> query, FindingSort sort, IReadOnlyList<long> accepted)
    {
        var risky = accepted.Count == 0 ? query.OrderBy(r => 0) : query.OrderBy(r => accepted.Contains(r.Finding.Id));
        if (sort == FindingSort.Risk)
        {
            risky = risky.ThenByDescending(r => db.KnownExploits.Any(k => k.Cve == r.Finding.VulnerabilityId) || OtherCves.Listed(db).Contains(r.Finding.Id));
        }

        if (sort != FindingSort.Severity)
        {
            risky = risky.ThenByDescending(r => Math.Max(
                db.ExploitForecasts.Where(e => e.Cve == r.Finding.VulnerabilityId).Max(e => (double?)e.Percentile) ?? -1,
                db.FindingCves.Where(c => c.FindingId == r.Finding.Id).Join(db.ExploitForecasts, c => c.Cve, e => e.Cve, (_, e) => (double?)e.Percentile).Max() ?? -1));
        }

        return risky.ThenByDescending(r => r.Finding.Severity).ThenByDescending(r => r.Finding.Score);
    }

    private sealed class FoundIn
    {
        public required Component Component { get; init; }
        public required Finding Finding { get; init; }
    }
}

/// <summary>What the findings are narrowed to. Layer is an index from 0 at the bottom.</summary>
public sealed record FindingFilter(SeverityLevel? Severity = null, bool Fixable = false, string? PackageType = null, string? Text = null, int? Layer = null)
{
    /// <summary>Only what is known to be exploited.</summary>
    public bool Exploited { get; init; }

    public FindingSort Sort { get; init; }

    /// <summary>Only what an exception covers, or only what none does; null for both.</summary>
    public bool? Accepted { get; init; }
}

/// <summary>The orders of vulnerabilities. Risk: known exploited, then EPSS, then severity; Epss: without regard to what is known.</summary>
public enum FindingSort { Risk, Severity, Epss }

/// <summary>A page of findings: one finding is one vulnerability in one component.</summary>
public sealed record FindingsPage(IReadOnlyList<FindingRow> Rows, int Total, int Vulnerabilities, int Undecided)
{
    /// <summary>Of the vulnerabilities, those that are accepted in the image, see <see cref="Acceptance"/>.</summary>
    public int Accepted { get; init; }
}

/// <summary>A finding with the package that it is in. Summary is the advisory's, "" or null where it has none.</summary>
public sealed record FindingRow(
    long Id, string VulnerabilityId, string AdvisoryId, string? Summary, SeverityLevel Severity, double? Score, string? Vector, string? SeveritySource, Verdict Verdict, string? Reason,
    string? FixedVersion, FixState FixState, long ComponentId, string Package, string Version, string PackageType, string Purl, IReadOnlyList<PackagePlace> Places)
{
    public ExploitFacts Exploit { get; init; } = ExploitFacts.Unknown;

    /// <summary>The same vulnerability's further CVEs.</summary>
    public IReadOnlyList<string> OtherCves { get; init; } = [];

    /// <summary>What the distribution's own team says, with whose word it is; null where it says nothing.</summary>
    public string? DistributionRating { get; init; }

    /// <summary>The exception that covers it, and why others on its vulnerability don't.</summary>
    public ExceptionVerdict Exceptions { get; init; } = ExceptionVerdict.None;
}

/// <summary>Where a package was found; LayerIndex counts from 0 at the bottom. Of an upgraded one, the version and the layer before, else null; PartOf is the tool whose own tree it is.</summary>
public sealed record PackagePlace(
    string Path, int LayerIndex, string? ReplacedVersion = null, int? ReplacedLayer = null, ListedOnly? ListedOnly = null, string? PartOf = null);
