using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>
/// Writes down today's totals of each organization: over the newest image of every enabled repository, an index by its images, as far as they were matched.
/// Lets go of changes older than <see cref="ChangesKept"/>.
/// </summary>
internal sealed class DailySnapshot(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    public static readonly TimeSpan ChangesKept = TimeSpan.FromDays(400);

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var today = clock.GetUtcNow().UtcDateTime.Date;
        foreach (var organizationId in await db.Organizations.Select(o => o.Id).ToListAsync(cancellationToken))
        {
            var tips = db.Repositories.Where(r => r.Enabled && r.Integration!.OrganizationId == organizationId && r.Integration.RemovedAt == null && r.LatestImageId != null)
                .Select(r => r.LatestImageId!.Value);
            var ids = tips.Union(db.IndexEntries.Where(e => tips.Contains(e.IndexId)).Select(e => e.ImageId));
            var sums = await db.Images.Where(i => i.Kind == ImageKind.Image && i.Critical != null && ids.Contains(i.Id)).GroupBy(_ => 1).Select(g => new
            {
                Images = g.Count(), Fixable = g.Sum(i => i.FixableCriticalHigh), Critical = g.Sum(i => i.Critical), High = g.Sum(i => i.High), Medium = g.Sum(i => i.Medium),
                Low = g.Sum(i => i.Low), Unknown = g.Sum(i => i.Unknown), Vulnerable = g.Sum(i => i.Critical + i.High + i.Medium + i.Low + i.Unknown > 0 ? 1 : 0),
            }).SingleOrDefaultAsync(cancellationToken);
            var day = await db.Snapshots.SingleOrDefaultAsync(s => s.OrganizationId == organizationId && s.Day == today, cancellationToken);
            if (day is null && sums is null)
            {
                continue;
            }

            if (day is null)
            {
                // Once a day is enough.
                var oldest = today - ChangesKept;
                await db.FindingChanges.Where(c => c.At < oldest).ExecuteDeleteAsync(cancellationToken);
                day = db.Snapshots.Add(new SeveritySnapshot { OrganizationId = organizationId, Day = today }).Entity;
            }

            (day.Images, day.VulnerableImages, day.FixableCriticalHigh) = (sums?.Images ?? 0, sums?.Vulnerable ?? 0, sums?.Fixable ?? 0);
            (day.Critical, day.High, day.Medium, day.Low, day.Unknown) = (sums?.Critical ?? 0, sums?.High ?? 0, sums?.Medium ?? 0, sums?.Low ?? 0, sums?.Unknown ?? 0);
        }

        await db.SaveChangesAsync(cancellationToken);
    }
}
