using System.Threading.RateLimiting;

namespace ScoutDashboard.Webhook;

/// <summary>Limits how often one integration may call.</summary>
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

    public bool TryEnter(long integrationId)
    {
        using var lease = _limiter.AttemptAcquire(integrationId);
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}
