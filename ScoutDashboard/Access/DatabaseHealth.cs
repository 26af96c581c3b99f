using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ScoutDashboard.Data;

namespace ScoutDashboard.Access;

/// <summary>Healthy when the database answers and has the schema that this version needs.</summary>
public sealed class DatabaseHealth(IDbContextFactory<ScoutDb> databases) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()
            ? HealthCheckResult.Unhealthy("The database lacks migrations.")
            : HealthCheckResult.Healthy();
    }
}
