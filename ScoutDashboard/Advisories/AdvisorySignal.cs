namespace ScoutDashboard.Advisories;

/// <summary>Tells the feeds that the inventory may need more, and others that knowledge changed.</summary>
public sealed class AdvisorySignal(ILogger<AdvisorySignal> logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private List<Action> _listeners = [];

    /// <summary>The inventory may hold an ecosystem that no feed has: have the feeds look.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (_wanted.CurrentCount == 0)
            {
                _wanted.Release();
            }
        }
    }

    /// <summary>Waits for <see cref="Wake"/>, or until <paramref name="patience"/> is over.</summary>
    public async Task WaitAsync(TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _wanted.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody asked; the time has come all the same.
            return;
        }
    }

    /// <summary>Calls back whenever advisories or a feed's state changed, until disposed.</summary>
    public IDisposable OnChanged(Action changed)
    {
        lock (_lock)
        {
            _listeners = [.. _listeners, changed];
        }

        return new Listener(this, changed);
    }

    public void RaiseChanged()
    {
        foreach (var listener in _listeners)
        {
            try
            {
                listener();
            }
            catch (Exception exception) when (exception is InvalidOperationException or ObjectDisposedException)
            {
                logger.LogDebug(exception, "A page that was just closed could not be told.");
            }
        }
    }

    public void Dispose() => _wanted.Dispose();

    private sealed class Listener(AdvisorySignal signal, Action changed) : IDisposable
    {
        public void Dispose()
        {
            lock (signal._lock)
            {
                signal._listeners = [.. signal._listeners.Where(other => other != changed)];
            }
        }
    }
}
