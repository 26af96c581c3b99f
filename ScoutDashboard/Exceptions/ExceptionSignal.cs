namespace ScoutDashboard.Exceptions;

/// <summary>Wakes whoever counts when an exception was made, changed or ended: its counts, and when the next one expires, are no longer what they were.</summary>
public sealed class ExceptionSignal : IDisposable
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

    /// <summary>Waits for <see cref="Ring"/>, or until <paramref name="patience"/> is over.</summary>
    public async Task WaitAsync(TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _bell.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time has come all the same.
            return;
        }
    }

    public void Dispose() => _bell.Dispose();
}
