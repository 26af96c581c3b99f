using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;

namespace ScoutDashboard.Findings;

/// <summary>Matches components with advisories and keeps findings and the images' counts up to date; one call at a time does so.</summary>
public sealed class FindingService(IDbContextFactory<ScoutDb> databases, AdvisorySignal signal, ChangeSignal changes, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ComponentMatching _matching = new(databases, clock);
    private readonly ImageCounts _counts = new(databases, clock);
    private readonly ImageChanges _imageChanges = new(databases, clock);
    private readonly DailySnapshot _snapshot = new(databases, clock);

    /// <summary>
    /// Matches every component that needs it, then counts all images that hold one whose findings changed, that lacked advisory data, whose exceptions advisories name
    /// otherwise now, or that an earlier run did not come to.
    /// </summary>
    public async Task MatchPendingAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        using var activity = ScoutTelemetry.Activities.StartActivity("matching");
        try
        {
            await MarkWithoutDataAsync(cancellationToken);
            await _matching.MatchAllAsync(await PendingAsync(cancellationToken), cancellationToken);
            await NameExceptionsAsync(cancellationToken);
            await CountAsync(cancellationToken);
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
        using var activity = ScoutTelemetry.Activities.StartActivity("matching");
        try
        {
            var pending = new HashSet<long>();
            var lacksFeed = false;
            foreach (var batch in imageIds.Chunk(ComponentMatching.Batch))
            {
                lacksFeed |= await MarkAsync(batch, pending, cancellationToken);
            }

            await _matching.MatchAllAsync(pending, cancellationToken);
            await CountAsync(cancellationToken);
            if (lacksFeed)
            {
                signal.Wake();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Counts what is marked for it, and refreshes the day's snapshot; where exceptions changed, nothing needs matching.</summary>
    public async Task CountDueAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await CountAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes these components as far as nobody has them any more, and what was found in them; not while a match may write of them.</summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> ForgetAsync(IReadOnlyCollection<long> componentIds, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            return await db.UnusedComponents.Where(c => componentIds.Contains(c.Id)).ExecuteDeleteAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        var counted = await _counts.RefreshAsync(cancellationToken);
        await _imageChanges.RefreshAsync(cancellationToken);
        await _snapshot.RefreshAsync(cancellationToken);
        if (counted > 0)
        {
            changes.Raise();
        }
    }

    // Versions of one package stand together: what advisories say of it is then read once for all of them.
    private async Task<List<long>> PendingAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await ComponentMatching.Pending(db).OrderBy(c => c.EcosystemBase).ThenBy(c => c.AdvisoryName).Select(c => c.Id).ToListAsync(cancellationToken);
    }

    // A feed that became ready can change what is known of an image though no advisory names its packages.
    private async Task MarkWithoutDataAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var unknown = db.Images.Where(i => i.Kind == ImageKind.Image && i.AnalysedAt != null && (i.Critical == null || i.Unmatched != "")).Select(i => i.Id);
        await CountMarks.AddAsync(db, unknown, cancellationToken);
    }

    private async Task NameExceptionsAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await ExceptionNaming.RefreshAsync(db, cancellationToken);
    }

    // Marks these images, and the images of those that are indexes; collects what they hold that must be matched, and tells whether a feed is missing.
    private async Task<bool> MarkAsync(long[] imageIds, HashSet<long> pending, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var images = db.Images.Where(i => imageIds.Contains(i.Id)).Select(i => i.Id)
            .Union(db.IndexEntries.Where(e => imageIds.Contains(e.IndexId)).Select(e => e.ImageId));
        await CountMarks.AddAsync(db, images, cancellationToken);
        var sets = db.ImagePackageSets.Where(s => images.Contains(s.ImageId)).Select(s => s.PackageSetId);
        var held = db.InstalledComponents.Where(p => sets.Contains(p.PackageSetId)).Select(p => p.ComponentId);
        pending.UnionWith(await ComponentMatching.Pending(db).Where(c => held.Contains(c.Id)).Select(c => c.Id).ToListAsync(cancellationToken));
        return await db.Components.AnyAsync(c => held.Contains(c.Id) && c.EcosystemBase != "" && !db.Feeds.Any(f => f.Covers == c.EcosystemBase), cancellationToken);
    }
}
