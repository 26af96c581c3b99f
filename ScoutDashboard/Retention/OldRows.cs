using System.Linq.Expressions;
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
        return RemoveAsync(db => db.Jobs.Where(j => j.FinishedAt <= before && j.State != JobState.Queued && j.State != JobState.Running), j => j.Id, cancellationToken);
    }

    /// <returns>How many were removed.</returns>
    public Task<int> RemoveEventsAsync(CancellationToken cancellationToken)
    {
        var before = options.Events.Before(clock.GetUtcNow().UtcDateTime);
        return RemoveAsync(db => db.Events.Where(e => e.ReceivedAt <= before), e => e.Id, cancellationToken);
    }

    // They are looked for before the lock is taken: where nothing is due, all rows are gone through.
    private async Task<int> RemoveAsync<T>(Func<ScoutDb, IQueryable<T>> due, Expression<Func<T, long>> key, CancellationToken cancellationToken)
        where T : class
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var removed = 0;
        while (await due(db).Select(key).Order().Take(Batch).ToListAsync(cancellationToken) is { Count: > 0 } ids)
        {
            removed += await due(db).Where(row => ids.Contains(EF.Property<long>(row, "Id"))).ExecuteDeleteAsync(cancellationToken);
            await Task.Delay(pace.Pause, clock, cancellationToken);
        }

        return removed;
    }
}
