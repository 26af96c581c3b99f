using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>
/// Matches a few components and replaces their findings. A component is done only once <see cref="Component.MatchedAt"/> is set: the mark is cleared before
/// advisories are read, so that one set meanwhile stays, and a match that fails or is cut off is repeated. The images that hold a component whose findings
/// changed are marked for counting, and the changes written down, in the same transaction.
/// </summary>
internal sealed class ComponentMatching(IDbContextFactory<ScoutDb> databases, TimeProvider clock) : IDisposable
{
    public const int Batch = 1000;

    // Reading and judging keep a core busy each; more would only hold more in memory.
    private const int MostAtOnce = 4;

    // A database of one file has one writer: whoever waits for it here is not woken by a timer.
    private readonly SemaphoreSlim _writer = new(1, 1);

    /// <summary>What must be matched.</summary>
    public static IQueryable<Component> Pending(ScoutDb db) => db.MatchableComponents.Where(c => c.NeedsMatch || c.MatchedAt == null);

    /// <summary>Matches these components, some at a time and as many at once as there are cores; those of one package had best stand together.</summary>
    public Task MatchAllAsync(IEnumerable<long> componentIds, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        componentIds.Chunk(Batch), new ParallelOptions { MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, MostAtOnce), CancellationToken = cancellationToken },
        async (batch, token) => await MatchAsync(batch, token));

    public void Dispose() => _writer.Dispose();

    private async Task MatchAsync(long[] componentIds, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await WriteAsync(() => db.Components.Where(c => componentIds.Contains(c.Id) && (c.NeedsMatch || c.MatchedAt != null))
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, false).SetProperty(c => c.MatchedAt, (DateTime?)null), cancellationToken), cancellationToken);
        // Before advisories are read: what is written from here on, this match may not know.
        var asked = clock.GetUtcNow().UtcDateTime;
        var components = await db.Components.AsNoTracking().Where(c => componentIds.Contains(c.Id)).ToListAsync(cancellationToken);
        var advisories = await AdvisoryLookup.ReadAsync(db, components, cancellationToken);
        var existing = (await db.Findings.Include(f => f.OtherCves).AsSplitQuery().Where(f => componentIds.Contains(f.ComponentId)).ToListAsync(cancellationToken)).ToLookup(f => f.ComponentId);
        var now = clock.GetUtcNow().UtcDateTime;
        var changes = new ComponentChanges();
        var added = new List<Finding>();
        foreach (var component in components)
        {
            var found = ComponentJudge.Judge(component, advisories);
            changes.Compare(component, [.. existing[component.Id]], found, now);
            added.AddRange(Replace(db, component.Id, existing[component.Id], found, now));
        }

        var judged = await CoveredAsync(db, components, cancellationToken);
        long[] others = [.. componentIds.Where(id => !judged.Contains(id))];
        db.FindingChanges.AddRange(await changes.ExplainAsync(db, cancellationToken));

        db.ChangeTracker.DetectChanges();
        var changed = db.ChangeTracker.Entries<Finding>().Where(entry => entry.State != EntityState.Unchanged).Select(entry => entry.Entity.ComponentId)
            .Concat(added.Select(finding => finding.ComponentId)).ToHashSet();
        // The few that have rows of their own need the key that the database makes.
        db.Findings.AddRange(added.Where(finding => finding.OtherCves.Count > 0));
        await WriteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            using var rows = new RowInsert<Finding>(db);
            foreach (var finding in added.Where(finding => finding.OtherCves.Count == 0))
            {
                rows.Add(finding);
            }

            await db.Components.Where(c => judged.Contains(c.Id)).ExecuteUpdateAsync(set => set.SetProperty(c => c.MatchedAt, now).SetProperty(c => c.JudgedAt, asked), cancellationToken);
            await db.Components.Where(c => others.Contains(c.Id)).ExecuteUpdateAsync(set => set.SetProperty(c => c.MatchedAt, now), cancellationToken);
            await CountMarks.AddAsync(db, HoldersOf(db, changed), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }, cancellationToken);
    }

    private async Task WriteAsync(Func<Task> write, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            await write();
        }
        finally
        {
            _writer.Release();
        }
    }

    // A match while a feed was never loaded tells nothing: what the feed brings is no news.
    private static async Task<HashSet<long>> CoveredAsync(ScoutDb db, List<Component> components, CancellationToken cancellationToken)
    {
        var coverage = new AdvisoryCoverage(db);
        var covered = new HashSet<long>();
        foreach (var ecosystem in components.GroupBy(c => c.Ecosystem))
        {
            if (await coverage.HasDataAsync(ecosystem.Key, cancellationToken))
            {
                covered.UnionWith(ecosystem.Select(c => c.Id));
            }
        }

        return covered;
    }

    private static IQueryable<long> HoldersOf(ScoutDb db, HashSet<long> componentIds)
    {
        var sets = db.InstalledComponents.Where(p => componentIds.Contains(p.ComponentId)).Select(p => p.PackageSetId);
        return db.ImagePackageSets.Where(s => sets.Contains(s.PackageSetId)).Select(s => s.ImageId);
    }

    // Changes and removes what is there, and tells what is to be added.
    private static List<Finding> Replace(ScoutDb db, long componentId, IEnumerable<Finding> existing, Dictionary<string, Vulnerability> found, DateTime now)
    {
        foreach (var finding in existing)
        {
            if (found.Remove(finding.VulnerabilityId, out var still))
            {
                Describe(finding, still);
            }
            else
            {
                db.Findings.Remove(finding);
            }
        }

        return [.. found.Values.Select(vulnerability =>
        {
            var finding = new Finding { ComponentId = componentId, VulnerabilityId = vulnerability.Id, AdvisoryId = vulnerability.AdvisoryId, FirstSeenAt = now };
            Describe(finding, vulnerability);
            return finding;
        })];
    }

    private static void Describe(Finding finding, Vulnerability vulnerability)
    {
        (finding.AdvisoryId, finding.Verdict, finding.Reason) = (vulnerability.AdvisoryId, vulnerability.Verdict, vulnerability.Reason);
        (finding.FixedVersion, finding.FixState) = (vulnerability.FixedVersion, vulnerability.FixState);
        var severity = vulnerability.Severity;
        (finding.Severity, finding.Score, finding.Vector, finding.SeveritySource) = (severity.Level, severity.Score, severity.Vector, severity.Source);
        finding.DistributionRating = vulnerability.DistributionRating;
        foreach (var gone in finding.OtherCves.Where(other => !vulnerability.OtherCves.Contains(other.Cve)).ToList())
        {
            finding.OtherCves.Remove(gone);
        }

        foreach (var cve in vulnerability.OtherCves.Except(finding.OtherCves.Select(other => other.Cve)).ToList())
        {
            finding.OtherCves.Add(new FindingCve { Cve = cve });
        }
    }
}
