using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>
/// Matches components and replaces their findings, some at a time. A component whose mark was set again after its advisories were read keeps it, and a match that
/// fails or is cut off is repeated. The images that hold a component whose findings changed are marked for counting, and the changes written down, in the same
/// transaction.
/// </summary>
internal sealed class ComponentMatching(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    public const int Batch = 1000;

    // Reading, judging and writing go on side by side; more would only hold more in memory.
    private const int MostAhead = 4;

    /// <summary>What must be matched.</summary>
    public static IQueryable<Component> Pending(ScoutDb db) => db.MatchableComponents.Where(c => c.NeedsMatch);

    /// <summary>Matches these components; those of one package had best stand together.</summary>
    public async Task MatchAllAsync(IReadOnlyCollection<long> componentIds, CancellationToken cancellationToken)
    {
        if (componentIds.Count == 0)
        {
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var judged = Channel.CreateBounded<(MatchBatch Batch, Task<MatchResult> Result)>(Math.Clamp(Environment.ProcessorCount - 1, 1, MostAhead));
        var reading = Task.Run(() => ReadAsync(componentIds, judged.Writer, stop.Token), CancellationToken.None);
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await using var connection = await db.ForManyRowsAsync(cancellationToken);
            await foreach (var (batch, result) in judged.Reader.ReadAllAsync(cancellationToken))
            {
                await WriteAsync(db, batch, await result, cancellationToken);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(IReadOnlyCollection<long> componentIds, ChannelWriter<(MatchBatch Batch, Task<MatchResult> Result)> judged, CancellationToken cancellationToken)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            await using var connection = await db.ForManyRowsAsync(cancellationToken);
            foreach (var ids in componentIds.Chunk(Batch))
            {
                var batch = await MatchBatch.ReadAsync(db, ids, clock.GetUtcNow().UtcDateTime, cancellationToken);
                await judged.WriteAsync((batch, Task.Run(() => new MatchResult(batch, clock.GetUtcNow().UtcDateTime), cancellationToken)), cancellationToken);
            }

            judged.Complete();
        }
        catch (Exception exception)
        {
            // Whoever writes throws it.
            judged.Complete(exception);
        }
    }

    private static async Task WriteAsync(ScoutDb db, MatchBatch batch, MatchResult result, CancellationToken cancellationToken)
    {
        db.FindingChanges.AddRange(await result.Changes.ExplainAsync(db, cancellationToken));
        // The few that have rows of their own need the key that the database makes.
        db.Findings.AddRange(result.Added.Where(finding => finding.OtherCves.Count > 0));
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        if (result.Gone.Count > 0)
        {
            await db.Findings.Where(f => result.Gone.Contains(f.Id)).ExecuteDeleteAsync(cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        using (var rows = new RowInsert<Finding>(db))
        {
            foreach (var finding in result.Added.Where(finding => finding.OtherCves.Count == 0))
            {
                rows.Add(finding);
            }
        }

        var isOld = await MatchMarks.RevisionAsync(db, cancellationToken) != batch.Revision;
        MatchMarks.Matched(db, batch.Covered, isOld, result.At, batch.AskedAt);
        MatchMarks.Matched(db, batch.Components.Select(c => c.Id).Where(id => !batch.Covered.Contains(id)), isOld, result.At, null);
        if (result.Changed.Count > 0)
        {
            await CountMarks.AddAsync(db, HoldersOf(db, result.Changed), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        db.ChangeTracker.Clear();
    }

    private static IQueryable<long> HoldersOf(ScoutDb db, IReadOnlySet<long> componentIds)
    {
        var sets = db.InstalledComponents.Where(p => componentIds.Contains(p.ComponentId)).Select(p => p.PackageSetId);
        return db.ImagePackageSets.Where(s => sets.Contains(s.PackageSetId)).Select(s => s.ImageId);
    }
}
