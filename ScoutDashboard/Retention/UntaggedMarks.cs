using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Retention;

/// <summary>
/// Notes since when no tag leads to an image: neither one of its own nor one of an index that holds it, at whatever depth. Pushes take such notes away at once
/// (<see cref="Image.UntaggedAt"/>); what lost its tag is found by looking.
/// </summary>
public sealed class UntaggedMarks(IDbContextFactory<ScoutDb> databases, RetentionPace pace, TimeProvider clock)
{
    private const int Batch = 500;

    // Each round brings the news one level of indexes further down; there are never that many (Analysis:Limits:IndexDepth), and the next look goes on.
    private const int MaxRounds = 10;

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        for (var round = 0; round < MaxRounds && await RefreshOnceAsync(now, cancellationToken) > 0; round++)
        {
        }
    }

    private async Task<int> RefreshOnceAsync(DateTime now, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var changed = 0;
        for (long last = 0; ;)
        {
            var ids = await db.Images.Where(i => i.Id > last).OrderBy(i => i.Id).Select(i => i.Id).Take(Batch).ToListAsync(cancellationToken);
            if (ids.Count == 0)
            {
                return changed;
            }

            var images = db.Images.Where(i => ids.Contains(i.Id));
            var lost = Untagged(db, images).Where(i => i.UntaggedAt == null);
            var found = Tagged(db, images).Where(i => i.UntaggedAt != null);
            // Asked before it is written: as a rule nothing changed, and asking takes no lock.
            if (await lost.AnyAsync(cancellationToken) || await found.AnyAsync(cancellationToken))
            {
                changed += await lost.ExecuteUpdateAsync(set => set.SetProperty(i => i.UntaggedAt, now), cancellationToken);
                changed += await found.ExecuteUpdateAsync(set => set.SetProperty(i => i.UntaggedAt, (DateTime?)null), cancellationToken);
                await Task.Delay(pace.Pause, clock, cancellationToken);
            }

            last = ids[^1];
        }
    }

    private static IQueryable<Image> Tagged(ScoutDb db, IQueryable<Image> images) => images.Where(i =>
        db.Tags.Any(t => t.RepositoryId == i.RepositoryId && t.Digest == i.Digest)
        || db.IndexEntries.Any(e => e.ImageId == i.Id && db.Images.Any(index => index.Id == e.IndexId && index.UntaggedAt == null)));

    private static IQueryable<Image> Untagged(ScoutDb db, IQueryable<Image> images) => images.Where(i =>
        !db.Tags.Any(t => t.RepositoryId == i.RepositoryId && t.Digest == i.Digest)
        && !db.IndexEntries.Any(e => e.ImageId == i.Id && db.Images.Any(index => index.Id == e.IndexId && index.UntaggedAt == null)));
}
