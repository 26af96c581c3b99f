using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace ScoutDashboard.Data;

/// <summary>
/// How many keys that are none one network may try: those beyond are turned away before the database is asked. Keys that were right before go on being heard, for who uses them may
/// share a network with whoever guesses, e.g. behind a proxy.
/// </summary>
public sealed class KeyGuesses(int perMinute) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _wrong = PartitionedRateLimiter.Create<string, string>(network =>
        RateLimitPartition.GetFixedWindowLimiter(network, _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = TimeSpan.FromMinutes(1) }));

    // As many as there ever were keys.
    private readonly ConcurrentDictionary<string, bool> _right = new(StringComparer.Ordinal);

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
