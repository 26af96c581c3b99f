using ScoutDashboard.Exceptions;

namespace ScoutDashboard.Findings;

/// <summary>Counts images anew when an exception was made, changed or ended, and at the very moment at which one expires.</summary>
public sealed class ExceptionWorker(ExceptionLapse lapse, ExceptionSignal signal, FindingService findings, TimeProvider clock, ILogger<ExceptionWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Breather = TimeSpan.FromMinutes(1);

    // Timers take no more than 49 days; and a clock that was set tells so by then.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = await lapse.RunAsync(stoppingToken);
                await findings.CountDueAsync(stoppingToken);
                var patience = next is { } end ? end - clock.GetUtcNow().UtcDateTime : Longest;
                await signal.WaitAsync(patience < TimeSpan.Zero ? TimeSpan.Zero : patience > Longest ? Longest : patience, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "Images could not be counted by their exceptions; it is tried again in {Seconds} seconds.", Breather.TotalSeconds);
                await Task.Delay(Breather, clock, stoppingToken);
            }
        }
    }
}
