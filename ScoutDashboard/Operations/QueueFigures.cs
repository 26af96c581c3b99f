using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Operations;

/// <summary>The queue at one moment.</summary>
/// <param name="Waiting">Analyses that are due or wait for their next attempt.</param>
/// <param name="Running">Analyses that run.</param>
/// <param name="OldestDue">Since when, UTC, the one has been due that is due longest; null where none is.</param>
public sealed record QueueFigures(int Waiting, int Running, DateTime? OldestDue)
{
    public static async Task<QueueFigures> ReadAsync(ScoutDb db, DateTime now, CancellationToken cancellationToken) => new(
        await db.Jobs.CountAsync(j => j.State == JobState.Queued, cancellationToken),
        await db.Jobs.CountAsync(j => j.State == JobState.Running, cancellationToken),
        await db.Jobs.Where(j => j.State == JobState.Queued && j.NotBefore <= now).MinAsync(j => (DateTime?)j.NotBefore, cancellationToken));
}
