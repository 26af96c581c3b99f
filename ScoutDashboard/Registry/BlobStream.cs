namespace ScoutDashboard.Registry;

/// <summary>A blob on its way: each read must bring something within 30 seconds, and all of them 16 KiB a second; faults of the network become <see cref="RegistryException"/>.</summary>
internal sealed class BlobStream(HttpResponseMessage response, Stream inner, TimeProvider clock) : Stream
{
    // A byte every 29 seconds would hold a worker for years: only time spent waiting counts, a slow reader is no fault of the registry's.
    private const int MinBytesPerSecond = 16 * 1024;
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    private long _bytes;
    private TimeSpan _waited;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var idle = new CancellationTokenSource(IdleLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        var started = clock.GetTimestamp();
        try
        {
            var read = await inner.ReadAsync(buffer, either.Token);
            Count(read, clock.GetElapsedTime(started));
            return read;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryException(RegistryError.Timeout, "The registry stopped sending in the middle of a blob.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new RegistryException(RegistryError.Truncated, "The registry closed the connection in the middle of a blob.", exception);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A blob is read asynchronously: only so can a silent registry be left.");
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Count(int read, TimeSpan waited)
    {
        _bytes += read;
        _waited += waited;
        if (read > 0 && _waited > Grace && _bytes < _waited.TotalSeconds * MinBytesPerSecond)
        {
            throw new RegistryException(RegistryError.Timeout, "The registry sends a blob too slowly to be waited for.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            response.Dispose();
        }

        base.Dispose(disposing);
    }
}
