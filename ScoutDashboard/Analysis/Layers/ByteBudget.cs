namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// Bytes that all scans of this process may hold at the same time. Whoever takes, takes all that it will need at once and waits for nothing more while it holds
/// them, so that no two wait for each other; first come, first served.
/// </summary>
internal sealed class ByteBudget(long bytes)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private readonly long _all = bytes;
    private long _free = bytes;

    /// <summary>Waits until so many bytes are free; more than there are in all means all. Gives what was taken, to be given back by <see cref="Return"/>.</summary>
    public async ValueTask<long> TakeAsync(long count, CancellationToken cancellationToken)
    {
        count = Math.Min(count, _all);
        LinkedListNode<Waiter> waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && count <= _free)
            {
                _free -= count;
                return count;
            }

            waiter = _waiters.AddLast(new Waiter(count));
        }

        await using var registration = cancellationToken.UnsafeRegister(_ => Cancel(waiter, cancellationToken), null);
        await waiter.Value.Served.Task;
        return count;
    }

    public void Return(long count)
    {
        lock (_lock)
        {
            _free += count;
            Serve();
        }
    }

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
        while (_waiters.First is { } first && first.Value.Count <= _free)
        {
            _free -= first.Value.Count;
            _waiters.RemoveFirst();
            first.Value.Served.SetResult();
        }
    }

    private sealed record Waiter(long Count)
    {
        public TaskCompletionSource Served { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
