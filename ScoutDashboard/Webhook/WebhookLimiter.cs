using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace ScoutDashboard.Webhook;

/// <summary>Limits how often one integration may call, and how many keys that are none one network may try: those are turned away before the database is asked.</summary>
public sealed class WebhookLimiter(WebhookOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<long> _limiter = PartitionedRateLimiter.Create<long, long>(integrationId =>
        RateLimitPartition.GetTokenBucketLimiter(integrationId, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Burst,
            TokensPerPeriod = Math.Max(1, options.RequestsPerMinute / 60),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        }));

    private readonly PartitionedRateLimiter<string> _wrong = PartitionedRateLimiter.Create<string, string>(network =>
        RateLimitPartition.GetFixedWindowLimiter(network, _ => new FixedWindowRateLimiterOptions { PermitLimit = options.WrongKeysPerMinute, Window = TimeSpan.FromMinutes(1) }));

    // Event Grid may share its network with whoever tries keys, where a proxy stands in front. As many as there were integrations.
    private readonly ConcurrentDictionary<string, bool> _right = new(StringComparer.Ordinal);

    public bool TryEnter(long integrationId)
    {
        using var lease = _limiter.AttemptAcquire(integrationId);
        return lease.IsAcquired;
    }

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

    public void Dispose()
    {
        _limiter.Dispose();
        _wrong.Dispose();
    }
}
