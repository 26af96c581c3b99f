using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Retention;

/// <summary>
/// Removes all that nobody needs any more and gives its space back to the file system. Small steps, each whole by itself: wherever it ends, the next run goes on,
/// and pages and events wait for one step at most.
/// </summary>
public sealed class RetentionService(IDbContextFactory<ScoutDb> databases, RetentionSteps steps, ChangeSignal changes, RetentionPace pace, TimeProvider clock)
{
    public async Task<RetentionRun> RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var run = new RetentionRun { StartedAt = Now, BytesBefore = (await db.SizeAsync(cancellationToken)).Bytes };
        await steps.Marks.RefreshAsync(cancellationToken);
        run.Images = await steps.Images.RunAsync(cancellationToken);
        await steps.Unused.RemoveSetsAsync(cancellationToken);
        run.Components = await steps.Unused.RemoveComponentsAsync(cancellationToken);
        run.Layers = await steps.Unused.RemoveScansAsync(cancellationToken);
        run.Events = await steps.Old.RemoveEventsAsync(cancellationToken);
        run.Jobs = await steps.Old.RemoveJobsAsync(cancellationToken);
        run.BytesAfter = await GiveBackAsync(db, cancellationToken);
        run.EndedAt = Now;
        await NoteAsync(db, run, cancellationToken);
        if (run.Images > 0)
        {
            changes.Raise();
        }

        return run;
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private async Task<long> GiveBackAsync(ScoutDb db, CancellationToken cancellationToken)
    {
        var size = await db.SizeAsync(cancellationToken);
        while (size.FreeBytes > 0)
        {
            await db.GiveBackSomeAsync(cancellationToken);
            var after = await db.SizeAsync(cancellationToken);
            if (after.FreeBytes >= size.FreeBytes)
            {
                // A file that can't shrink, or somebody else frees as fast; the next run goes on.
                break;
            }

            size = after;
            await Task.Delay(pace.Pause, clock, cancellationToken);
        }

        await db.EmptyLogAsync(cancellationToken);
        return (await db.SizeAsync(cancellationToken)).Bytes;
    }

    private static async Task NoteAsync(ScoutDb db, RetentionRun run, CancellationToken cancellationToken)
    {
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await db.RetentionRuns.ExecuteDeleteAsync(cancellationToken);
        db.RetentionRuns.Add(run);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        foreach (var (kind, count) in new[] { ("images", run.Images), ("layers", run.Layers), ("components", run.Components), ("events", run.Events), ("jobs", run.Jobs) })
        {
            ScoutTelemetry.Removed(kind, count);
        }
    }
}

/// <summary>What a run does, in its order.</summary>
public sealed record RetentionSteps(UntaggedMarks Marks, ImageRemoval Images, UnusedRows Unused, OldRows Old);
