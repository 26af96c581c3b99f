using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>The packages of one image, by name.</summary>
public sealed class ImagePackagesReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    public async Task<PageOf<ImagePackageRow>> ListAsync(int organizationId, long imageId, PackageFilter filter, int? layer, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var query = filter.Apply(FindingsReport.Components(db, filter.Among(db.PackageSetComponents), organizationId, imageId, layer));
        var total = await query.CountAsync(cancellationToken);
        var rows = await query.OrderBy(c => c.Name).ThenBy(c => c.Version).ThenBy(c => c.Id).Skip(page.Skip).Take(page.Size)
            .Select(c => new { c.Id, c.Name, c.Version, c.Type, c.Purl, c.Ecosystem, c.Owner, c.StandIn, Matched = c.MatchedAt != null && c.AdvisoryName != "" && c.Ecosystem != "" }).ToListAsync(cancellationToken);
        var ids = rows.Select(r => r.Id).ToList();
        var places = await FindingsReport.PlacesAsync(db, db.PackageSetComponents, imageId, ids, cancellationToken);
        var accepted = await AcceptedFindings.InImageAsync(db, organizationId, imageId, clock.GetUtcNow().UtcDateTime, cancellationToken);
        var severities = await ComponentSeveritiesAsync(db, ids, accepted, cancellationToken);
        return new PageOf<ImagePackageRow>(
            [.. rows.Select(r => new ImagePackageRow(
                r.Id, r.Name, r.Version, r.Type, r.Purl, r.Ecosystem, r.Owner, r.Matched && places[r.Id].Any(place => place.ListedOnly is null) ? SeverityCounts.Of(severities[r.Id]) : null, [.. places[r.Id]], FrameworkStandIn.NameOf(r.StandIn)))],
            total);
    }

    /// <summary>The severities of what each of these components has, but for the findings that are accepted.</summary>
    internal static async Task<ILookup<long, SeverityLevel>> ComponentSeveritiesAsync(ScoutDb db, IReadOnlyCollection<long> componentIds, IReadOnlyList<long> accepted, CancellationToken cancellationToken)
    {
        var rows = await db.Findings.Where(f => componentIds.Contains(f.ComponentId) && f.Verdict == Verdict.Affected && !accepted.Contains(f.Id))
            .Select(f => new { f.ComponentId, f.Severity }).ToListAsync(cancellationToken);
        return rows.ToLookup(r => r.ComponentId, r => r.Severity);
    }
}

/// <summary>What a list of packages is narrowed to; Type is a purl type. Of one image: Declared, only what a file names and nothing shows; PartOfTool, only what a tool brought for itself.</summary>
public sealed record PackageFilter(string? Text = null, string? Type = null, bool Declared = false, bool PartOfTool = false)
{
    internal IQueryable<PackageSetComponent> Among(IQueryable<PackageSetComponent> held)
    {
        held = Declared ? held.Where(c => c.ListedOnly == ListedOnly.Declared) : held;
        return PartOfTool ? held.Where(c => c.PartOf != null) : held;
    }

    internal IQueryable<Component> Apply(IQueryable<Component> components)
    {
        if (!string.IsNullOrEmpty(Type))
        {
            components = components.Where(c => c.Type == Type);
        }

        if (!string.IsNullOrWhiteSpace(Text))
        {
            var pattern = LikePattern.Containing(Text);
            components = components.Where(c => EF.Functions.Like(c.Name, pattern, LikePattern.Escape));
        }

        return components;
    }
}

/// <summary>A package of an image; Counts are null where it was not matched against advisories, is only listed, or those of its Owner speak for it. StandIn is the shared framework that is loaded instead.</summary>
public sealed record ImagePackageRow(
    long ComponentId, string Name, string Version, string Type, string Purl, string Ecosystem, string? Owner, SeverityCounts? Counts, IReadOnlyList<PackagePlace> Places, string? StandIn = null)
{
    /// <summary>Why it is no installed package of the image; null for one that is.</summary>
    public ListedOnly? ListedOnly => Places is [{ ListedOnly: { } why }, ..] && Places.All(place => place.ListedOnly is not null) ? why : null;

    /// <summary>The tool that brought it for itself; null where the image has it elsewhere too.</summary>
    public string? PartOf => Places is [{ PartOf: { } tool }, ..] && Places.All(place => place.PartOf is not null) ? tool : null;
}
