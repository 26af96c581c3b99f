using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ScoutDashboard.Data;

namespace ScoutDashboard.Operations;

/// <summary>Healthy when the database answers, has the schema that this version needs, and can be written.</summary>
public sealed class DatabaseHealth(IDbContextFactory<ScoutDb> databases) : IHealthCheck
{
    // Whoever asks gives up soon, and a writer may hold the database for longer than that without anything being wrong.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.LimitWait(Wait);
        try
        {
            if (!await DataServices.IsCurrentAsync(db, cancellationToken))
            {
                return HealthCheckResult.Unhealthy("The database has another schema than this version needs.");
            }

            // No row, but a statement that only a database takes that can be written.
            await db.Organizations.Where(o => o.Id == 0).ExecuteUpdateAsync(set => set.SetProperty(o => o.Name, o => o.Name), cancellationToken);
            return HealthCheckResult.Healthy("The database answers and can be written.");
        }
        catch (DbException exception) when (db.IsBusy(exception))
        {
            return HealthCheckResult.Degraded("The database is busy: something else is writing.");
        }
        catch (DbException exception)
        {
            return HealthCheckResult.Unhealthy("The database can't be read or written; the server's log says why.", exception);
        }
    }
}
