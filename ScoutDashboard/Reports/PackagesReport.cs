using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>The Packages pages: what the latest images hold, over all repositories.</summary>
public sealed class PackagesReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>Distinct packages, those with the worst vulnerability first, or by name.</summary>
    public async Task<PageOf<PackageRow>> ListAsync(int organizationId, PackageFilter filter, bool byName, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var accepted = await AcceptedFindings.InLatestAsync(db, organizationId, clock.GetUtcNow().UtcDateTime, cancellationToken);
        var groups = filter.Apply(LatestImages.Components(db, organizationId))
            .GroupJoin(
                db.Findings.Where(f => f.Verdict == Verdict.Affected && !accepted.Contains(f.Id)).GroupBy(f => f.ComponentId).Select(g => new { ComponentId = g.Key, Worst = (int?)g.Max(f => f.Severity) }),
                c => c.Id, f => f.ComponentId, (c, found) => new { c, found })
            .SelectMany(r => r.found.DefaultIfEmpty(), (r, f) => new { r.c.Id, r.c.Type, r.c.Name, Worst = f == null ? null : f.Worst })
            .GroupBy(c => new { c.Type, c.Name })
            .Select(g => new { g.Key.Type, g.Key.Name, Id = g.Min(c => c.Id), Worst = g.Max(c => c.Worst) });
        var total = await groups.CountAsync(cancellationToken);
        var sorted = byName ? groups.OrderBy(g => g.Name).ThenBy(g => g.Type) : groups.OrderByDescending(g => g.Worst ?? -1).ThenBy(g => g.Name).ThenBy(g => g.Type);
        var rows = await sorted.Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);

        var names = rows.Select(r => r.Name).Distinct().ToList();
        var components = await LatestImages.Components(db, organizationId).Where(c => names.Contains(c.Name))
            .Select(c => new { c.Id, c.Type, c.Name, c.Version, Matched = c.MatchedAt != null && c.AdvisoryName != "" && c.Ecosystem != "" }).ToListAsync(cancellationToken);
        var ids = components.Select(c => c.Id).ToList();
        var findings = await db.Findings.Where(f => ids.Contains(f.ComponentId) && f.Verdict == Verdict.Affected && !accepted.Contains(f.Id))
            .Select(f => new { f.ComponentId, f.VulnerabilityId, f.Severity }).ToListAsync(cancellationToken);
        var found = findings.ToLookup(f => f.ComponentId);
        var latest = LatestImages.Ids(db, organizationId);
        var images = await (
            from component in db.InstalledComponents
            where ids.Contains(component.ComponentId)
            join set in db.ImagePackageSets on component.PackageSetId equals set.PackageSetId
            where latest.Contains(set.ImageId)
            join row in db.Components on component.ComponentId equals row.Id
            group set.ImageId by new { row.Type, row.Name } into held
            select new { held.Key.Type, held.Key.Name, Count = held.Distinct().Count() }).ToDictionaryAsync(h => (h.Type, h.Name), h => h.Count, cancellationToken);
        var byPackage = components.ToLookup(c => (c.Type, c.Name));
        return new PageOf<PackageRow>(
            [.. rows.Select(r =>
            {
                var own = byPackage[(r.Type, r.Name)].ToList();
                var severities = own.SelectMany(c => found[c.Id]).GroupBy(f => f.VulnerabilityId).Select(g => g.Max(f => f.Severity));
                return new PackageRow(
                    r.Id, r.Name, r.Type, [.. own.Select(c => c.Version).Distinct().Order(StringComparer.Ordinal)], images.GetValueOrDefault((r.Type, r.Name)),
                    own.Any(c => c.Matched) ? SeverityCounts.Of(severities) : null);
            })],
            total);
    }

    /// <summary>The purl types that exist, for the filter.</summary>
    public async Task<IReadOnlyList<string>> TypesAsync(int organizationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await LatestImages.Components(db, organizationId).Select(c => c.Type).Distinct().OrderBy(t => t).ToListAsync(cancellationToken);
    }

    /// <summary>The package that this component is a version of, with every version that a latest image holds; null where no image of the organization has it.</summary>
    public async Task<PackageView?> FindAsync(int organizationId, long componentId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var package = await db.Components
            .Where(c => c.Id == componentId && db.PackageSetComponents.Any(p => p.ComponentId == c.Id && db.ImagePackageSets.Any(s => s.PackageSetId == p.PackageSetId
                && db.Images.Any(i => i.Id == s.ImageId && i.Repository!.Integration!.OrganizationId == organizationId))))
            .Select(c => new { c.Name, c.Type }).SingleOrDefaultAsync(cancellationToken);
        if (package is null)
        {
            return null;
        }

        var components = await LatestImages.Components(db, organizationId, db.PackageSetComponents).Where(c => c.Name == package.Name && c.Type == package.Type)
            .OrderBy(c => c.Version).ThenBy(c => c.Purl).Select(c => new { c.Id, c.Version, c.Purl, c.Ecosystem, c.Owner, c.StandIn, Matched = c.MatchedAt != null && c.AdvisoryName != "" && c.Ecosystem != "" }).ToListAsync(cancellationToken);
        var ids = components.Select(c => c.Id).ToList();
        var accepted = await AcceptedFindings.InLatestAsync(db, organizationId, clock.GetUtcNow().UtcDateTime, cancellationToken);
        var severities = await ImagePackagesReport.ComponentSeveritiesAsync(db, ids, accepted, cancellationToken);
        var holders = await HoldersAsync(db, db.PackageSetComponents, organizationId, ids, cancellationToken);
        return new PackageView(
            package.Name, package.Type,
            [.. components.Select(c => new PackageVersion(c.Id, c.Version, c.Purl, c.Ecosystem, c.Owner, c.Matched && holders[c.Id].Any(h => h.ListedOnly is null) ? SeverityCounts.Of(severities[c.Id]) : null, [.. holders[c.Id]], FrameworkStandIn.NameOf(c.StandIn)))]);
    }

    /// <summary>The latest images that hold each of these components, as far as it is among <paramref name="held"/>, with the path in each.</summary>
    internal static async Task<ILookup<long, PackageHolder>> HoldersAsync(ScoutDb db, IQueryable<PackageSetComponent> held, int organizationId, IReadOnlyCollection<long> componentIds, CancellationToken cancellationToken)
    {
        var latest = LatestImages.Ids(db, organizationId);
        var rows = await (
            from component in held
            where componentIds.Contains(component.ComponentId)
            join set in db.ImagePackageSets on component.PackageSetId equals set.PackageSetId
            where latest.Contains(set.ImageId)
            join image in db.Images on set.ImageId equals image.Id
            orderby component.ListedOnly != null, image.Repository!.Name, image.Platform, component.Path
            select new
            {
                component.ComponentId,
                Holder = new PackageHolder(image.Id, image.Repository!.Name, image.Repository.Integration!.Hostname, image.Digest, image.Platform, component.Path, set.LayerIndex, component.ListedOnly, component.PartOf),
            }).Take(MaxHolders).ToListAsync(cancellationToken);
        return rows.ToLookup(r => r.ComponentId, r => r.Holder);
    }

    /// <summary>More places than anybody reads on one page.</summary>
    internal const int MaxHolders = 2000;
}

/// <summary>A package over all latest images; ComponentId is one of its versions, by which its page is found. Counts: null where nothing of it was matched.</summary>
public sealed record PackageRow(long ComponentId, string Name, string Type, IReadOnlyList<string> Versions, int Images, SeverityCounts? Counts);

/// <summary>A package with its versions.</summary>
public sealed record PackageView(string Name, string Type, IReadOnlyList<PackageVersion> Versions);

/// <summary>A version of a package, and the latest images that hold it; Owner is the distribution's package that brought it. Counts are null where that one's speak for it, and where it is only listed. StandIn is the shared framework that is loaded instead.</summary>
public sealed record PackageVersion(long ComponentId, string Version, string Purl, string Ecosystem, string? Owner, SeverityCounts? Counts, IReadOnlyList<PackageHolder> Holders, string? StandIn = null)
{
    /// <summary>Why it is an installed package of none of them; null where it is of one.</summary>
    public ListedOnly? Why => Holders is [{ ListedOnly: { } why }, ..] && Holders.All(holder => holder.ListedOnly is not null) ? why : null;
}

/// <summary>A place where a component lies; LayerIndex counts from 0 at the bottom.</summary>
public sealed record PackageHolder(long ImageId, string Repository, string Registry, string Digest, string? Platform, string Path, int LayerIndex, ListedOnly? ListedOnly = null, string? PartOf = null)
{
    /// <summary>Of a place that has a vulnerability, the exception that covers it there.</summary>
    public ExceptionRule? Exception { get; init; }
}
