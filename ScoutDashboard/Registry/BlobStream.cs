using ScoutDashboard.Outbound;

namespace ScoutDashboard.Registry;

/// <summary>A blob on its way: each read must bring something within 30 seconds, and all of them keep the <see cref="SendingPace"/>; faults of the network become <see cref="RegistryException"/>.</summary>
internal sealed class BlobStream(HttpResponseMessage response, Stream inner, SendingPace pace, TimeProvider clock) : Stream
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(30);

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var idle = new CancellationTokenSource(IdleLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        try
        {
            var read = await pace.ReadAsync(inner, buffer, either.Token);
            return pace.IsTooSlow ? throw new RegistryException(RegistryError.Timeout, "The registry sends a blob too slowly to be waited for.") : read;
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
