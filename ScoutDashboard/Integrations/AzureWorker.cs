using ScoutDashboard.Consent;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Integrations.Watch;

namespace ScoutDashboard.Integrations;

/// <summary>Looks hourly what is due in Azure: tokens to rotate, passwords to end, and the daily look at what the template made; of all replicas one does each. What people consented to is not used for it, only erased once it ended.</summary>
public sealed class AzureWorker(RotationRound rotations, WatchRound watch, ConsentStore consents, TimeProvider clock, ILogger<AzureWorker> logger) : BackgroundService
{
    // What a start brings comes first.
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private const int AtOnce = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var wait = AfterStart; ; wait = Pause)
            {
                await Task.Delay(wait, clock, stoppingToken);
                await RunAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogDebug("Looking into Azure stopped.");
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        IReadOnlyList<Func<CancellationToken, Task>> due = [];
        await IsolateAsync(() => consents.ForgetEndedAsync(stopping), stopping);
        await IsolateAsync(async () => due = [.. await rotations.ListDueAsync(null, stopping), .. await watch.ListDueAsync(stopping)], stopping);
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stopping }, async (one, leaving) => await IsolateAsync(() => one(leaving), leaving));
    }

    private async Task IsolateAsync(Func<Task> step, CancellationToken stopping)
    {
        try
        {
            await step();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "What was due in Azure could not be done; the next round tries again.");
        }
    }
}
