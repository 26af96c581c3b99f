using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Operations;

/// <summary>Healthy while every background service runs and no analysis waits although a worker is free.</summary>
public sealed class WorkerHealth(IEnumerable<IHostedService> services, IDbContextFactory<ScoutDb> databases, JobOptions jobs, HealthOptions options, TimeProvider clock) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Each of ours runs until the process ends.
        var ended = services.OfType<BackgroundService>().Where(s => s.GetType().Assembly == typeof(WorkerHealth).Assembly && s.ExecuteTask is { IsCompleted: true }).ToList();
        if (ended.Count > 0)
        {
            return HealthCheckResult.Unhealthy($"A background service has ended: {string.Join(", ", ended.Select(s => s.GetType().Name))}.");
        }

        try
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            var now = clock.GetUtcNow().UtcDateTime;
            var since = now - options.StuckAfter;
            var waiting = await db.Jobs.CountAsync(j => j.State == JobState.Queued && j.NotBefore <= since, cancellationToken);
            var running = await db.Jobs.CountAsync(j => j.State == JobState.Running, cancellationToken);
            return waiting > 0 && running < jobs.Workers
                ? HealthCheckResult.Unhealthy($"{waiting} analyses have been due for {options.StuckAfter.TotalMinutes:0.#} minutes or longer although {jobs.Workers - running} of {jobs.Workers} workers are free.")
                : HealthCheckResult.Healthy($"{running} of {jobs.Workers} workers are at work.");
        }
        catch (DbException exception)
        {
            return HealthCheckResult.Unhealthy("The queue can't be read; the server's log says why.", exception);
        }
    }
}
