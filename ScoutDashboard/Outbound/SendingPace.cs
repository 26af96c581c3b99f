namespace ScoutDashboard.Outbound;

/// <summary>
/// How fast a server sends a body: 16 KiB a second, once it was waited for for two minutes. A byte every half minute would hold whoever reads for years, and no
/// limit of silence sees it. Only time spent waiting counts: a slow reader is no fault of the server's.
/// </summary>
public sealed class SendingPace(TimeProvider clock)
{
    private const int MinBytesPerSecond = 16 * 1024;
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private long _bytes;
    private TimeSpan _waited;

    /// <summary>Whether it sends slower than that.</summary>
    public bool IsTooSlow { get; private set; }

    /// <summary>Reads and counts.</summary>
    public async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var read = await body.ReadAsync(buffer, cancellationToken);
        _bytes += read;
        _waited += clock.GetElapsedTime(started);
        IsTooSlow = read > 0 && _waited > Grace && _bytes < _waited.TotalSeconds * MinBytesPerSecond;
        return read;
    }
}
