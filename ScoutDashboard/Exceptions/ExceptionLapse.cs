using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Exceptions;

/// <summary>Has images counted anew whose exceptions expired, also those that did while no process ran.</summary>
public sealed class ExceptionLapse(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>Marks the images of what has expired by now.</summary>
    /// <returns>When the next one will, UTC; null where none does.</returns>
    public async Task<DateTime?> RunAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        await ReviveAsync(db, now, cancellationToken);
        foreach (var id in await Open(db).Where(e => e.ExpiresAt <= now).Select(e => e.Id).ToListAsync(cancellationToken))
        {
            await using var transaction = await db.BeginWriteAsync(cancellationToken);
            // Somebody may have renewed or ended it meanwhile.
            if (await Open(db).AsNoTracking().SingleOrDefaultAsync(e => e.Id == id && e.ExpiresAt <= now, cancellationToken) is { } rule)
            {
                await db.Exceptions.Where(e => e.Id == id).ExecuteUpdateAsync(set => set.SetProperty(e => e.LapsedAt, now), cancellationToken);
                await ExceptionMarks.AddAsync(db, rule, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
        }

        return await Open(db).MinAsync(e => e.ExpiresAt, cancellationToken);
    }

    // A clock that was ahead made them lapse before their day: they are in force again, and their day is still to come.
    private static async Task ReviveAsync(ScoutDb db, DateTime now, CancellationToken cancellationToken)
    {
        foreach (var id in await Early(db, now).Select(e => e.Id).ToListAsync(cancellationToken))
        {
            await using var transaction = await db.BeginWriteAsync(cancellationToken);
            if (await Early(db, now).AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is { } rule)
            {
                await db.Exceptions.Where(e => e.Id == id).ExecuteUpdateAsync(set => set.SetProperty(e => e.LapsedAt, (DateTime?)null), cancellationToken);
                await ExceptionMarks.AddAsync(db, rule, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
        }
    }

    private static IQueryable<ExceptionRule> Early(ScoutDb db, DateTime now) => db.Exceptions.Where(e => e.ExpiresAt > now && e.LapsedAt != null && e.EndedAt == null);

    private static IQueryable<ExceptionRule> Open(ScoutDb db) => db.Exceptions.Where(e => e.ExpiresAt != null && e.LapsedAt == null && e.EndedAt == null);
}
