using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>Matches components with advisories and keeps findings and the images' counts up to date; one call at a time does so.</summary>
public sealed class FindingService(IDbContextFactory<ScoutDb> databases, AdvisorySignal signal, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ComponentMatching _matching = new(databases, clock);
    private readonly ImageCounts _counts = new(databases);
    private readonly DailySnapshot _snapshot = new(databases, clock);

    /// <summary>Matches every component that needs it, then refreshes the counts of all images that hold one whose findings changed, or that lacked advisory data.</summary>
    public async Task MatchPendingAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var images = await ImagesWithoutDataAsync(cancellationToken);
            long last = 0;
            while (await NextAsync(last, cancellationToken) is { Count: > 0 } batch)
            {
                var changed = await _matching.MatchAsync(batch, cancellationToken);
                images.UnionWith(await HoldersAsync(changed, cancellationToken));
                last = batch[^1];
            }

            await _counts.RefreshAsync(images, cancellationToken);
            await _snapshot.RefreshAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Matches what these images hold, where it needs it, and refreshes their counts, their indexes' and the day's snapshot.</summary>
    public async Task MatchImagesAsync(IReadOnlyCollection<long> imageIds, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var images = new HashSet<long>(imageIds);
            var unfed = false;
            foreach (var batch in imageIds.Chunk(ComponentMatching.Batch))
            {
                images.UnionWith(await ChildrenAsync(batch, cancellationToken));
            }

            foreach (var id in images.ToList())
            {
                var (pending, lacksFeed) = await HeldAsync(id, cancellationToken);
                unfed |= lacksFeed;
                foreach (var batch in pending.Chunk(ComponentMatching.Batch))
                {
                    images.UnionWith(await HoldersAsync(await _matching.MatchAsync(batch, cancellationToken), cancellationToken));
                }
            }

            await _counts.RefreshAsync(images, cancellationToken);
            await _snapshot.RefreshAsync(cancellationToken);
            if (unfed)
            {
                signal.Wake();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<List<long>> NextAsync(long after, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await ComponentMatching.Pending(db).Where(c => c.Id > after).OrderBy(c => c.Id).Select(c => c.Id).Take(ComponentMatching.Batch).ToListAsync(cancellationToken);
    }

    // A feed that became ready can change what is known of an image though no advisory names its packages.
    private async Task<HashSet<long>> ImagesWithoutDataAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Images.Where(i => i.Kind == ImageKind.Image && i.AnalysedAt != null && (i.Critical == null || i.Unmatched != "")).Select(i => i.Id).ToHashSetAsync(cancellationToken);
    }

    private async Task<List<long>> ChildrenAsync(long[] indexIds, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.IndexEntries.Where(e => indexIds.Contains(e.IndexId)).Select(e => e.ImageId).ToListAsync(cancellationToken);
    }

    private async Task<(List<long> Pending, bool LacksFeed)> HeldAsync(long imageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var sets = db.ImagePackageSets.Where(s => s.ImageId == imageId).Select(s => s.PackageSetId);
        var held = db.PackageSetComponents.Where(p => sets.Contains(p.PackageSetId)).Select(p => p.ComponentId);
        var lacksFeed = await db.Components.AnyAsync(c => held.Contains(c.Id) && c.EcosystemBase != "" && !db.Feeds.Any(f => f.Ecosystem == c.EcosystemBase), cancellationToken);
        return (await ComponentMatching.Pending(db).Where(c => held.Contains(c.Id)).Select(c => c.Id).ToListAsync(cancellationToken), lacksFeed);
    }

    private async Task<HashSet<long>> HoldersAsync(IReadOnlyCollection<long> componentIds, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var sets = db.PackageSetComponents.Where(p => componentIds.Contains(p.ComponentId)).Select(p => p.PackageSetId);
        return await db.ImagePackageSets.Where(s => sets.Contains(s.PackageSetId)).Select(s => s.ImageId).ToHashSetAsync(cancellationToken);
    }
}
