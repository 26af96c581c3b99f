using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Analysis;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;

namespace ScoutDashboard.Retention;

/// <summary>Removes what images share once no image has it: package sets, components with what was found in them, scans of layers. A few thousand rows at a time.</summary>
public sealed class UnusedRows(IDbContextFactory<ScoutDb> databases, FindingService findings, AnalysisSetup setup, RetentionPace pace, TimeProvider clock)
{
    private const int Batch = 1000;
    private const int RowsAtOnce = 5000;
    private const int ScansAtOnce = 20;

    // A scan is stored before its image is; that analysis may be under way, or tried again.
    private static readonly TimeSpan ScansKept = TimeSpan.FromDays(1);

    /// <summary>Before <see cref="RemoveComponentsAsync"/>: sets hold components.</summary>
    public Task RemoveSetsAsync(CancellationToken cancellationToken) => SweepAsync(
        (db, last) => db.PackageSets.Where(s => s.Id > last).OrderBy(s => s.Id).Take(Batch)
            .Select(s => new Swept(s.Id, db.ImagePackageSets.Any(used => used.PackageSetId == s.Id) ? null : s.Count)),
        async (db, ids) => await db.PackageSets.Where(s => ids.Contains(s.Id) && !db.ImagePackageSets.Any(used => used.PackageSetId == s.Id)).ExecuteDeleteAsync(cancellationToken), cancellationToken);

    /// <returns>How many were removed.</returns>
    public Task<int> RemoveComponentsAsync(CancellationToken cancellationToken) => SweepAsync(
        (db, last) => db.Components.Where(c => c.Id > last).OrderBy(c => c.Id).Take(Batch)
            .Select(c => new Swept(c.Id, db.UnusedComponents.Any(unused => unused.Id == c.Id) ? db.Findings.Count(f => f.ComponentId == c.Id) : null)),
        (_, ids) => findings.ForgetAsync(ids, cancellationToken), cancellationToken);

    /// <returns>How many were removed.</returns>
    public Task<int> RemoveScansAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow().UtcDateTime - ScansKept;
        return SweepAsync(
            (db, last) => db.Layers.Where(l => l.Id > last).OrderBy(l => l.Id).Take(Batch).Select(l => new Swept(l.Id, Unused(db, before).Any(unused => unused.Id == l.Id) ? RowsAtOnce / ScansAtOnce : null)),
            (db, ids) => Unused(db, before).Where(l => ids.Contains(l.Id)).ExecuteDeleteAsync(cancellationToken), cancellationToken);
    }

    // Scans of other extractors are never asked for again.
    private IQueryable<Layer> Unused(ScoutDb db, DateTime before) =>
        db.Layers.Where(l => l.ScannedAt < before && (l.ExtractorSet != setup.ExtractorSet || !db.ImageLayers.Any(used => used.BlobDigest == l.BlobDigest)));

    private async Task<int> SweepAsync(Func<ScoutDb, long, IQueryable<Swept>> read, Func<ScoutDb, IReadOnlyCollection<long>, Task<int>> remove, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var removed = 0;
        for (long last = 0; ;)
        {
            var rows = await read(db, last).ToListAsync(cancellationToken);
            if (rows.Count == 0)
            {
                return removed;
            }

            foreach (var some in Portions(rows))
            {
                removed += await remove(db, some);
                await Task.Delay(pace.Pause, clock, cancellationToken);
            }

            last = rows[^1].Id;
        }
    }

    private static IEnumerable<List<long>> Portions(List<Swept> rows)
    {
        var (portion, size) = (new List<long>(), 0);
        foreach (var (id, weight) in rows)
        {
            if (weight is null)
            {
                continue;
            }

            portion.Add(id);
            size += 1 + weight.Value;
            if (size >= RowsAtOnce)
            {
                yield return portion;
                (portion, size) = ([], 0);
            }
        }

        if (portion.Count > 0)
        {
            yield return portion;
        }
    }

    // A row that was looked at, and how many others go with it; null where it stays.
    private sealed record Swept(long Id, int? Weight);
}
