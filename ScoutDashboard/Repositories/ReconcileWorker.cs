using ScoutDashboard.Integrations;

namespace ScoutDashboard.Repositories;

/// <summary>Reconciles every integration after start and then regularly; one that fails doesn't stop the others.</summary>
public sealed class ReconcileWorker(Reconciler reconciler, ReconcileOptions options, TimeProvider clock, ILogger<ReconcileWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.ReconcileInterval, clock);
        try
        {
            do
            {
                await RunRoundAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogDebug("Reconciling stopped.");
        }
    }

    private async Task RunRoundAsync(CancellationToken stopping)
    {
        IReadOnlyList<long> integrations = [];
        await IsolateAsync(async () => integrations = await reconciler.ListIntegrationsAsync(stopping), stopping);
        foreach (var integrationId in integrations)
        {
            await IsolateAsync(() => reconciler.ReconcileAsync(integrationId, stopping), stopping);
        }
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
            logger.LogError(exception, "Reconciling failed; the next round tries again.");
        }
    }
}
