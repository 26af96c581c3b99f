using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>The Overview page: totals over the latest images, their last 30 days, and what is most affected.</summary>
public sealed class OverviewReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int Days = 7;
    private const int TrendDays = 30;

    public async Task<OverviewView> GetAsync(int organizationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var connected = await db.Integrations.AnyAsync(i => i.OrganizationId == organizationId && i.RemovedAt == null, cancellationToken);
        var enabled = await LatestImages.Repositories(db, organizationId).CountAsync(cancellationToken);
        var totals = await TotalsAsync(db, organizationId, cancellationToken);
        var trend = await db.Snapshots.Where(s => s.OrganizationId == organizationId && s.Day >= now.Date.AddDays(-TrendDays)).OrderBy(s => s.Day).ToListAsync(cancellationToken);
        var analyses = await db.Images.CountAsync(i => i.AnalysedAt >= now.AddDays(-Days) && i.Kind == ImageKind.Image && i.Repository!.Integration!.OrganizationId == organizationId, cancellationToken);
        return new OverviewView(
            connected, enabled, totals, [.. trend.Select(s => new TrendPoint(s.Day, OverviewTotals.Of(s)))],
            analyses, await MostAffectedAsync(db, organizationId, cancellationToken), await RecentAsync(db, organizationId, cancellationToken))
        {
            KnownExploited = await KnownExploitedAsync(db, organizationId, now, cancellationToken),
        };
    }

    private static async Task<int?> KnownExploitedAsync(ScoutDb db, int organizationId, DateTime now, CancellationToken cancellationToken)
    {
        if (!await db.Feeds.AnyAsync(f => f.Key == KnownExploit.FeedKey && f.LastSuccessAt != null, cancellationToken))
        {
            return null;
        }

        var accepted = await AcceptedFindings.InLatestAsync(db, organizationId, now, cancellationToken);
        var here = LatestImages.Components(db, organizationId).Select(c => c.Id);
        var listed = db.KnownExploits.Join(db.Findings, k => k.Cve, f => f.VulnerabilityId, (_, f) => f.Id).Union(OtherCves.Listed(db));
        return await db.Findings.Where(f => listed.Contains(f.Id) && !accepted.Contains(f.Id) && here.Contains(f.ComponentId)).Select(f => f.VulnerabilityId).Distinct().CountAsync(cancellationToken);
    }

    private static async Task<OverviewTotals> TotalsAsync(ScoutDb db, int organizationId, CancellationToken cancellationToken)
    {
        var sums = await LatestImages.Of(db, organizationId).Where(i => i.Critical != null).GroupBy(_ => 1).Select(g => new
        {
            Images = g.Count(), Fixable = g.Sum(i => i.FixableCriticalHigh), Critical = g.Sum(i => i.Critical), High = g.Sum(i => i.High), Medium = g.Sum(i => i.Medium), Low = g.Sum(i => i.Low),
            Unknown = g.Sum(i => i.Unknown), Accepted = g.Sum(i => i.Accepted), Vulnerable = g.Sum(i => i.Critical + i.High + i.Medium + i.Low + i.Unknown > 0 ? 1 : 0),
        }).SingleOrDefaultAsync(cancellationToken);
        return sums is null
            ? new OverviewTotals(0, null, null, null)
            : new OverviewTotals(sums.Images, sums.Vulnerable, sums.Fixable, new SeverityCounts(sums.Critical ?? 0, sums.High ?? 0, sums.Medium ?? 0, sums.Low ?? 0, sums.Unknown ?? 0)) { Accepted = sums.Accepted };
    }

    private static async Task<IReadOnlyList<OverviewImage>> MostAffectedAsync(ScoutDb db, int organizationId, CancellationToken cancellationToken)
    {
        var rows = await LatestImages.Of(db, organizationId).Where(i => i.Critical + i.High + i.Medium + i.Low + i.Unknown > 0)
            .OrderByDescending(i => i.Critical).ThenByDescending(i => i.High).ThenByDescending(i => i.Medium).ThenByDescending(i => i.Low).ThenBy(i => i.Id).Take(5)
            .Select(i => new { i.Id, i.Repository!.Name }).ToListAsync(cancellationToken);
        var images = await ImageSummaries.ByIdAsync(db, [.. rows.Select(r => r.Id)], cancellationToken);
        return [.. rows.Select(r => new OverviewImage(r.Name, images[r.Id]))];
    }

    private static async Task<IReadOnlyList<OverviewImage>> RecentAsync(ScoutDb db, int organizationId, CancellationToken cancellationToken)
    {
        var rows = await db.Images.Where(i => i.AnalysedAt != null && i.Kind == ImageKind.Image && i.Repository!.Integration!.OrganizationId == organizationId)
            .OrderByDescending(i => i.AnalysedAt).Take(6).Select(i => new { i.Id, i.Repository!.Name }).ToListAsync(cancellationToken);
        var images = await ImageSummaries.ByIdAsync(db, [.. rows.Select(r => r.Id)], cancellationToken);
        return [.. rows.Select(r => new OverviewImage(r.Name, images[r.Id]))];
    }

    /// <summary>The analyses that wait or run, oldest first.</summary>
    public async Task<IReadOnlyList<ActiveJob>> ActiveJobsAsync(int organizationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Jobs.Where(j => (j.State == JobState.Running || j.State == JobState.Queued) && j.Repository!.Integration!.OrganizationId == organizationId)
            .OrderBy(j => j.State == JobState.Running ? 0 : 1).ThenBy(j => j.Id).Take(5)
            .Select(j => new ActiveJob(j.Id, j.RepositoryId, j.Repository!.Name, j.Tag, j.State)).ToListAsync(cancellationToken);
    }
}

/// <summary>The first screen. AnalysesInWeek: images analysed in the last 7 days.</summary>
public sealed record OverviewView(
    bool Connected, int EnabledRepositories, OverviewTotals Totals, IReadOnlyList<TrendPoint> Trend, int AnalysesInWeek,
    IReadOnlyList<OverviewImage> MostAffected, IReadOnlyList<OverviewImage> Recent)
{
    /// <summary>How many vulnerabilities of the latest images CISA's catalog lists as exploited; null where the catalog was never loaded.</summary>
    public int? KnownExploited { get; init; }
}

/// <summary>Sums over the latest images that were matched; all but Images are null where there is none.</summary>
public sealed record OverviewTotals(int Images, int? Vulnerable, int? FixableCriticalHigh, SeverityCounts? Counts)
{
    /// <summary>Vulnerabilities that exceptions cover, over the same images; they are not among the counts. 0 of a past day.</summary>
    public int Accepted { get; init; }

    internal static OverviewTotals Of(SeveritySnapshot day) =>
        new(day.Images, day.VulnerableImages, day.FixableCriticalHigh, new SeverityCounts(day.Critical, day.High, day.Medium, day.Low, day.Unknown));
}

/// <summary>The totals of one day, of which none is null; Day: its midnight UTC.</summary>
public sealed record TrendPoint(DateTime Day, OverviewTotals Totals);

/// <summary>An image with its repository's name.</summary>
public sealed record OverviewImage(string Repository, ImageSummary Image);

/// <summary>A job that waits or runs.</summary>
public sealed record ActiveJob(long JobId, long RepositoryId, string Repository, string? Tag, JobState State);
