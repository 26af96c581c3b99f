using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>
/// Writes down what another image as a repository's latest brought and took: its affected vulnerabilities against those of the latest before, both by what is
/// known now, an index by all its images. Each pair is compared once, when both were matched.
/// </summary>
internal sealed class ImageChanges(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int Batch = 100;

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        long last = 0;
        while (await NextAsync(db, last, cancellationToken) is { Count: > 0 } batch)
        {
            foreach (var pair in batch)
            {
                await CompareAsync(db, pair, cancellationToken);
            }

            last = batch[^1].RepositoryId;
        }
    }

    private static Task<List<Pair>> NextAsync(ScoutDb db, long after, CancellationToken cancellationToken) =>
        db.Repositories.Where(r => r.Enabled && r.Id > after && r.LatestImageId != null && r.LatestImageId != r.ComparedImageId && db.Images.Any(i => i.Id == r.LatestImageId && i.Critical != null))
            .OrderBy(r => r.Id).Take(Batch)
            .Select(r => new Pair(r.Id, r.LatestImageId!.Value, r.ComparedImageId, db.Images.Any(i => i.Id == r.ComparedImageId && i.Critical != null))).ToListAsync(cancellationToken);

    private async Task CompareAsync(ScoutDb db, Pair pair, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        // Where the one before was never matched, nobody can say what changed.
        var changes = pair is { Before: { } before, IsKnown: true } ? await ChangesAsync(db, pair, before, cancellationToken) : [];
        var taken = await db.Repositories.Where(r => r.Id == pair.RepositoryId && r.LatestImageId == pair.Latest && r.ComparedImageId == pair.Before)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.ComparedImageId, pair.Latest), cancellationToken);
        if (taken == 1)
        {
            db.FindingChanges.AddRange(changes);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        db.ChangeTracker.Clear();
    }

    private async Task<List<FindingChange>> ChangesAsync(ScoutDb db, Pair pair, long before, CancellationToken cancellationToken)
    {
        var (old, latest) = (await FoundAsync(db, before, cancellationToken), await FoundAsync(db, pair.Latest, cancellationToken));
        var now = clock.GetUtcNow().UtcDateTime;
        return [.. latest.Where(f => !old.ContainsKey(f.Key)).Select(f => Change(f.Value, appeared: true)), .. old.Where(f => !latest.ContainsKey(f.Key)).Select(f => Change(f.Value, appeared: false))];

        FindingChange Change(FoundOnce found, bool appeared) => new()
        {
            At = now, Appeared = appeared, Cause = ChangeCause.ImageChanged, VulnerabilityId = found.VulnerabilityId, AdvisoryId = found.AdvisoryId, ComponentId = found.ComponentId,
            Severity = found.Severity, Verdict = Verdict.Affected, RepositoryId = pair.RepositoryId, ImageId = pair.Latest,
        };
    }

    // Each vulnerability once, as counts do: by the package in which it is worst.
    private static async Task<Dictionary<string, FoundOnce>> FoundAsync(ScoutDb db, long imageId, CancellationToken cancellationToken)
    {
        var images = db.IndexEntries.Where(e => e.IndexId == imageId).Select(e => e.ImageId).Union(db.Images.Where(i => i.Id == imageId).Select(i => i.Id));
        var sets = db.ImagePackageSets.Where(s => images.Contains(s.ImageId)).Select(s => s.PackageSetId);
        var held = db.InstalledComponents.Where(p => sets.Contains(p.PackageSetId)).Select(p => p.ComponentId);
        var rows = await db.Findings.Where(f => f.Verdict == Verdict.Affected && held.Contains(f.ComponentId))
            .Select(f => new FoundOnce(f.VulnerabilityId, f.AdvisoryId, f.ComponentId, f.Severity)).ToListAsync(cancellationToken);
        return rows.GroupBy(f => f.VulnerabilityId, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.OrderByDescending(f => f.Severity).ThenBy(f => f.ComponentId).First(), StringComparer.Ordinal);
    }

    private sealed record Pair(long RepositoryId, long Latest, long? Before, bool IsKnown);

    private sealed record FoundOnce(string VulnerabilityId, string AdvisoryId, long ComponentId, Images.SeverityLevel Severity);
}
