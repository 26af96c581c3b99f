using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>
/// What appeared and what went, and why. For an organization: in its enabled repositories' latest images. For one image: what advisories changed since it was
/// analysed, and what it changed itself when it became the latest.
/// </summary>
public sealed class ChangesReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int Days = 7;

    /// <summary>Newest first.</summary>
    /// <param name="imageId">Only what concerns this image; null for all latest images.</param>
    public async Task<PageOf<ChangeRow>> ListAsync(int organizationId, long? imageId, ChangeFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var query = Narrowed(db, imageId is { } id ? OfImage(db, organizationId, id) : OfLatest(db, organizationId), filter);
        var total = await query.CountAsync(cancellationToken);
        var rows = await query.Join(db.Components, c => c.ComponentId, p => p.Id, (c, p) => new { Change = c, p.Name, p.Version, p.Type })
            .OrderByDescending(r => r.Change.At).ThenByDescending(r => r.Change.Severity).ThenByDescending(r => r.Change.Id).Skip(page.Skip).Take(page.Size)
            .Select(r => new ChangeRow(
                r.Change.Id, r.Change.At, r.Change.Appeared, r.Change.Cause, r.Change.VulnerabilityId, r.Change.AdvisoryId, r.Change.Severity, r.Change.Verdict, r.Change.ComponentId, r.Name, r.Version, r.Type,
                r.Change.RepositoryId, db.Repositories.Where(x => x.Id == r.Change.RepositoryId).Select(x => x.Name).FirstOrDefault(), r.Change.ImageId))
            .ToListAsync(cancellationToken);
        return new PageOf<ChangeRow>(rows, total);
    }

    /// <summary>How many vulnerabilities appeared and went in the last 7 days in the latest images, by cause; certain ones only, each counted once per cause.</summary>
    public async Task<ChangeWeek> WeekAsync(int organizationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var since = clock.GetUtcNow().UtcDateTime.AddDays(-Days);
        var changes = OfLatest(db, organizationId).Where(c => c.At >= since && c.Verdict == Verdict.Affected);
        var rows = await changes.Select(c => new { c.Appeared, c.Cause, c.VulnerabilityId, IsSevere = c.Severity >= SeverityLevel.High }).Distinct().ToListAsync(cancellationToken);
        // By the catalog as it is now; what is gone has no finding that could tell its other CVEs.
        var exploited = await changes.Where(c => db.KnownExploits.Any(k => k.Cve == c.VulnerabilityId)
                || db.Findings.Any(f => f.ComponentId == c.ComponentId && f.VulnerabilityId == c.VulnerabilityId && OtherCves.Listed(db).Contains(f.Id)))
            .Select(c => new { c.Appeared, c.VulnerabilityId }).Distinct().ToListAsync(cancellationToken);
        return new ChangeWeek(
            MovesOf(rows.Select(r => (r.Appeared, r.VulnerabilityId))), MovesOf(rows.Where(r => r.IsSevere).Select(r => (r.Appeared, r.VulnerabilityId))),
            MovesOf(exploited.Select(r => (r.Appeared, r.VulnerabilityId))), await WithNewAsync(db, organizationId, changes.Where(c => c.Appeared), cancellationToken),
            [.. rows.GroupBy(r => r.Cause).OrderBy(g => g.Key).Select(g => new CauseCount(g.Key, MovesOf(g.Select(r => (r.Appeared, r.VulnerabilityId)))))]);
    }

    private static Moves MovesOf(IEnumerable<(bool Appeared, string VulnerabilityId)> changes)
    {
        var sides = changes.Distinct().ToLookup(change => change.Appeared);
        return new Moves(sides[true].Count(), sides[false].Count());
    }

    // As many as there are repositories whose latest image, or one of the index's, has something that is new since then.
    private static Task<int> WithNewAsync(ScoutDb db, int organizationId, IQueryable<FindingChange> appeared, CancellationToken cancellationToken)
    {
        var components = appeared.Where(c => c.RepositoryId == null).Select(c => c.ComponentId);
        var sets = db.InstalledComponents.Where(p => components.Contains(p.ComponentId)).Select(p => p.PackageSetId);
        var holders = db.ImagePackageSets.Where(s => sets.Contains(s.PackageSetId)).Select(s => s.ImageId);
        var repositories = appeared.Where(c => c.RepositoryId != null).Select(c => c.RepositoryId!.Value);
        return LatestImages.Repositories(db, organizationId).CountAsync(
            r => repositories.Contains(r.Id) || (r.LatestImageId != null && (holders.Contains(r.LatestImageId.Value) || db.IndexEntries.Any(e => e.IndexId == r.LatestImageId && holders.Contains(e.ImageId)))), cancellationToken);
    }

    private static IQueryable<FindingChange> OfLatest(ScoutDb db, int organizationId)
    {
        var repositories = LatestImages.Repositories(db, organizationId).Select(r => (long?)r.Id);
        var components = LatestImages.Components(db, organizationId).Select(c => c.Id);
        // What advisories brought and a push took away again was in a latest image between the two, though none has it now.
        return db.FindingChanges.Where(c => c.RepositoryId != null ? repositories.Contains(c.RepositoryId) : components.Contains(c.ComponentId)
            || (c.Appeared && db.FindingChanges.Any(gone => gone.ComponentId == c.ComponentId && gone.At >= c.At && !gone.Appeared && gone.VulnerabilityId == c.VulnerabilityId
                && gone.RepositoryId != null && repositories.Contains(gone.RepositoryId))));
    }

    private static IQueryable<FindingChange> OfImage(ScoutDb db, int organizationId, long imageId)
    {
        var own = db.Images.Where(i => i.Id == imageId && i.Repository!.Integration!.OrganizationId == organizationId);
        var components = FindingsReport.Components(db, db.InstalledComponents, organizationId, imageId, layer: null).Select(c => c.Id);
        // What was said before this image was analysed was not said of it. As part of an index, it came with that.
        var indexes = db.IndexEntries.Where(e => e.ImageId == imageId).Select(e => (long?)e.IndexId);
        return db.FindingChanges.Where(c => c.RepositoryId == null
            ? components.Contains(c.ComponentId) && own.Any(i => i.AnalysedAt <= c.At)
            : (c.ImageId == imageId || indexes.Contains(c.ImageId)) && own.Any(i => i.RepositoryId == c.RepositoryId));
    }

    private static IQueryable<FindingChange> Narrowed(ScoutDb db, IQueryable<FindingChange> query, ChangeFilter filter)
    {
        if (filter.Appeared is { } appeared)
        {
            query = query.Where(c => c.Appeared == appeared);
        }

        if (filter.Severity is { } severity)
        {
            query = severity == SeverityLevel.Low ? query.Where(c => c.Severity == SeverityLevel.Low || c.Severity == SeverityLevel.None) : query.Where(c => c.Severity == severity);
        }

        if (filter.Cause is { } cause)
        {
            query = query.Where(c => c.Cause == cause);
        }

        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var pattern = LikePattern.Containing(filter.Text);
            query = query.Where(c => EF.Functions.Like(c.VulnerabilityId, pattern, LikePattern.Escape)
                || db.Findings.Any(f => f.ComponentId == c.ComponentId && f.VulnerabilityId == c.VulnerabilityId && OtherCves.Like(db, pattern).Contains(f.Id))
                || db.Components.Any(p => p.Id == c.ComponentId && EF.Functions.Like(p.Name, pattern, LikePattern.Escape)));
        }

        return query;
    }
}

/// <summary>What the changes are narrowed to.</summary>
public sealed record ChangeFilter(bool? Appeared = null, ChangeCause? Cause = null, SeverityLevel? Severity = null, string? Text = null);

/// <summary>One change. Repository and ImageId: which image, as its repository's new latest, made it; null where advisories did.</summary>
public sealed record ChangeRow(
    long Id, DateTime At, bool Appeared, ChangeCause Cause, string VulnerabilityId, string AdvisoryId, SeverityLevel Severity, Verdict Verdict, long ComponentId, string Package, string Version, string PackageType,
    long? RepositoryId, string? Repository, long? ImageId);

/// <summary>The last 7 days.</summary>
/// <param name="All">Vulnerabilities, each once.</param>
/// <param name="Severe">Those of them that are critical or high.</param>
/// <param name="Exploited">Those that CISA's catalog lists as exploited.</param>
/// <param name="ImagesWithNew">Repositories whose latest image got something that appeared.</param>
/// <param name="Causes">By cause; without what did not occur.</param>
public sealed record ChangeWeek(Moves All, Moves Severe, Moves Exploited, int ImagesWithNew, IReadOnlyList<CauseCount> Causes)
{
    /// <summary>Nothing appeared and nothing went.</summary>
    public static ChangeWeek Quiet { get; } = new(default, default, default, 0, []);
}

/// <summary>How many appeared, and how many went.</summary>
public readonly record struct Moves(int Appeared, int Gone);

/// <summary>One cause's part of a week.</summary>
public sealed record CauseCount(ChangeCause Cause, Moves Moves);
