using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace ScoutDashboard.Webhook;

/// <summary>Limits how often one integration may call and how many events it may send, and how many keys that are none one network may try: those are turned away before the database is asked.</summary>
public sealed class WebhookLimiter(WebhookOptions options, TimeProvider clock) : IDisposable
{
    private readonly TokenBuckets _requests = new(options.Burst, options.RequestsPerMinute, clock);
    private readonly TokenBuckets _events = new(options.EventBurst, options.EventsPerMinute, clock);

    private readonly PartitionedRateLimiter<string> _wrong = PartitionedRateLimiter.Create<string, string>(network =>
        RateLimitPartition.GetFixedWindowLimiter(network, _ => new FixedWindowRateLimiterOptions { PermitLimit = options.WrongKeysPerMinute, Window = TimeSpan.FromMinutes(1) }));

    // Event Grid may share its network with whoever tries keys, where a proxy stands in front. As many as there were integrations.
    private readonly ConcurrentDictionary<string, bool> _right = new(StringComparer.Ordinal);

    /// <summary>Takes one request; null where it may go on, else how long to wait for the next.</summary>
    public TimeSpan? Enter(long integrationId) => _requests.Take(integrationId, 1);

    /// <summary>Takes the events of one request that are news, all or none; null where they may be stored, else how long to wait until they may.</summary>
    public TimeSpan? TakeEvents(long integrationId, int count) => _events.Take(integrationId, count);

    /// <summary>Whether a key from there is worth asking the database for.</summary>
    public bool MayTry(string network, byte[] keyHash)
    {
        if (_right.ContainsKey(Convert.ToHexString(keyHash)))
        {
            return true;
        }

        using var lease = _wrong.AttemptAcquire(network, permitCount: 0);
        return lease.IsAcquired;
    }

    /// <summary>Notes what the database said of a key.</summary>
    public void Note(string network, byte[] keyHash, bool isRight)
    {
        if (isRight)
        {
            _right.TryAdd(Convert.ToHexString(keyHash), true);
        }
        else
        {
            _wrong.AttemptAcquire(network).Dispose();
        }
    }

    public void Dispose() => _wrong.Dispose();
}
