namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// Bytes that all scans of this process may hold at the same time; first come, first served. Whoever takes, takes all that it will need at once and waits for
/// nothing more while it holds them; and whoever is next takes even too much where nobody else has taken anything. So no two wait for each other.
/// </summary>
internal sealed class ByteBudget(long bytes)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private long _taken;
    private long _kept;

    /// <summary>Waits until there is room for so many bytes, which are to be given back by <see cref="Return"/>.</summary>
    public async ValueTask TakeAsync(long count, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter> waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && HasRoom(count))
            {
                _taken += count;
                return;
            }

            waiter = _waiters.AddLast(new Waiter(count));
        }

        await using var registration = cancellationToken.UnsafeRegister(_ => Cancel(waiter, cancellationToken), null);
        await waiter.Value.Served.Task;
    }

    public void Return(long count)
    {
        lock (_lock)
        {
            _taken -= count;
            Serve();
        }
    }

    /// <summary>Counts bytes that are held while others are taken: who holds them may wait for more, so nothing waits here.</summary>
    /// <param name="change">Negative for bytes that are held no longer.</param>
    public void Keep(long change)
    {
        lock (_lock)
        {
            _kept += change;
            Serve();
        }
    }

    private bool HasRoom(long count) => _taken == 0 || _taken + _kept + count <= bytes;

    private void Cancel(LinkedListNode<Waiter> waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // One that was served meanwhile is in the list no more, and keeps what it has.
            if (waiter.List is not null)
            {
                _waiters.Remove(waiter);
                waiter.Value.Served.SetCanceled(cancellationToken);
                Serve();
            }
        }
    }

    private void Serve()
    {
        while (_waiters.First is { } first && HasRoom(first.Value.Count))
        {
            _taken += first.Value.Count;
            _waiters.RemoveFirst();
            first.Value.Served.SetResult();
        }
    }

    private sealed record Waiter(long Count)
    {
        public TaskCompletionSource Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
