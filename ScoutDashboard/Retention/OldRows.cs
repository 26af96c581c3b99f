using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Retention;

/// <summary>Removes jobs that ended and events that were handled long enough ago. An event is kept for longer than it can come again (<see cref="RetentionOptions.Events"/>).</summary>
public sealed class OldRows(IDbContextFactory<ScoutDb> databases, RetentionOptions options, RetentionPace pace, TimeProvider clock)
{
    private const int Batch = 1000;

    /// <returns>How many were removed.</returns>
    public Task<int> RemoveJobsAsync(CancellationToken cancellationToken)
    {
        var before = options.Jobs.Before(clock.GetUtcNow().UtcDateTime);
        return RemoveAsync(db => db.Jobs.Where(j => j.FinishedAt <= before && j.State != JobState.Queued && j.State != JobState.Running).OrderBy(j => j.Id).Take(Batch), cancellationToken);
    }

    /// <returns>How many were removed.</returns>
    public Task<int> RemoveEventsAsync(CancellationToken cancellationToken)
    {
        var before = options.Events.Before(clock.GetUtcNow().UtcDateTime);
        return RemoveAsync(db => db.Events.Where(e => e.ReceivedAt <= before).OrderBy(e => e.Id).Take(Batch), cancellationToken);
    }

    private async Task<int> RemoveAsync<T>(Func<ScoutDb, IQueryable<T>> choose, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var removed = 0;
        while (await choose(db).ExecuteDeleteAsync(cancellationToken) is > 0 and var some)
        {
            removed += some;
            await Task.Delay(pace.Pause, clock, cancellationToken);
        }

        return removed;
    }
}
