using ScoutDashboard.Advisories;

namespace ScoutDashboard.Findings;

/// <summary>Matches what is pending at start and whenever advisories change.</summary>
public sealed class RematchWorker(FindingService findings, AdvisorySignal signal, TimeProvider clock, ILogger<RematchWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Breather = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var changed = new Rung();
        using var subscription = signal.OnChanged(changed.Ring);
        changed.Ring();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await changed.WaitAsync(stoppingToken);
                await findings.MatchPendingAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "Matching with advisories failed; it is tried again in {Seconds} seconds.", Breather.TotalSeconds);
                changed.Ring();
                await Task.Delay(Breather, clock, stoppingToken);
            }
        }
    }

    // Many rings before the next look are one.
    private sealed class Rung : IDisposable
    {
        private readonly SemaphoreSlim _bell = new(0, 1);
        private readonly Lock _lock = new();

        public void Ring()
        {
            lock (_lock)
            {
                if (_bell.CurrentCount == 0)
                {
                    _bell.Release();
                }
            }
        }

        public Task WaitAsync(CancellationToken cancellationToken) => _bell.WaitAsync(cancellationToken);

        public void Dispose() => _bell.Dispose();
    }
}
