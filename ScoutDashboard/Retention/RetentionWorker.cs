namespace ScoutDashboard.Retention;

/// <summary>Removes what nobody needs any more, soon after the start and then regularly.</summary>
public sealed class RetentionWorker(RetentionService retention, RetentionOptions options, TimeProvider clock, ILogger<RetentionWorker> logger) : BackgroundService
{
    // What a start brings comes first.
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var wait = options.Interval < AfterStart ? options.Interval : AfterStart; ; wait = options.Interval)
            {
                await Task.Delay(wait, clock, stoppingToken);
                await RunAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogDebug("Retention stopped.");
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            var run = await retention.RunAsync(stopping);
            if (run.Images > 0)
            {
                logger.LogInformation("The analyses of {Images} untagged or deleted images were removed.", run.Images);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "What nobody needs any more could not be removed; the next round goes on.");
        }
    }
}
