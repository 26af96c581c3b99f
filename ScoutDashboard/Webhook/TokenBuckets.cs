using System.Collections.Concurrent;

namespace ScoutDashboard.Webhook;

/// <summary>A token bucket for each integration: full at first, and refilled steadily.</summary>
/// <param name="burst">Tokens that a bucket holds.</param>
/// <param name="perMinute">Tokens that are added to it in a minute.</param>
public sealed class TokenBuckets(int burst, int perMinute, TimeProvider clock)
{
    private readonly ConcurrentDictionary<long, Bucket> _buckets = new();

    /// <summary>Takes tokens, all or none; null where they were there, else how long until they are.</summary>
    /// <param name="integrationId">Whose bucket.</param>
    /// <param name="count">None need no token; more than a bucket holds are as many as it holds.</param>
    public TimeSpan? Take(long integrationId, int count)
    {
        var bucket = _buckets.GetOrAdd(integrationId, _ => new Bucket { Tokens = burst, At = clock.GetTimestamp() });
        lock (bucket)
        {
            var now = clock.GetTimestamp();
            bucket.Tokens = Math.Min(burst, bucket.Tokens + clock.GetElapsedTime(bucket.At, now).TotalMinutes * perMinute);
            bucket.At = now;
            var taken = Math.Min(count, burst);
            if (taken > bucket.Tokens)
            {
                return TimeSpan.FromMinutes((taken - bucket.Tokens) / perMinute);
            }

            bucket.Tokens -= taken;
            return null;
        }
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }
        public long At { get; set; }
    }
}
