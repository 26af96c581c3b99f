namespace ScoutDashboard.Integrations;

/// <summary>Rotates the tokens whose day has come, and ends the passwords that are out of use; hourly, each once a day.</summary>
public sealed class RotationWorker(RotationRound round, TimeProvider clock, ILogger<RotationWorker> logger) : BackgroundService
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
            logger.LogDebug("Rotating stopped.");
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        IReadOnlyList<Func<CancellationToken, Task>> due = [];
        await IsolateAsync(async () => due = await round.ListDueAsync(stopping), stopping);
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
            logger.LogError(exception, "A token could not be rotated; the next round tries again.");
        }
    }
}
