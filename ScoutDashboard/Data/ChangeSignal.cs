namespace ScoutDashboard.Data;

/// <summary>Tells open pages that what is known of images changed by other ways than a job of their own: new counts, found pushes.</summary>
public sealed class ChangeSignal
{
    private readonly Lock _gate = new();
    private readonly List<Action> _subscribers = [];

    /// <summary>Calls back after each change, on the thread that made it, until disposed; the callback must be quick and must not throw.</summary>
    public IDisposable Subscribe(Action changed)
    {
        lock (_gate)
        {
            _subscribers.Add(changed);
        }

        return new Subscription(this, changed);
    }

    public void Raise()
    {
        Action[] subscribers;
        lock (_gate)
        {
            subscribers = [.. _subscribers];
        }

        foreach (var subscriber in subscribers)
        {
            subscriber();
        }
    }

    private sealed class Subscription(ChangeSignal signal, Action changed) : IDisposable
    {
        public void Dispose()
        {
            lock (signal._gate)
            {
                signal._subscribers.Remove(changed);
            }
        }
    }
}
