using System.Buffers;
using System.Security.Cryptography;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// Hashes and counts a blob while it is read. Its end is reached only if size and SHA-256 are the expected ones; otherwise the read
/// throws <see cref="LayerException"/>. A <c>suffix</c>, once set, is served after the end and is not part of the blob.
/// </summary>
internal sealed class VerifiedStream(Stream blob, Digest expected, long expectedSize, IProgress<long> progress, WorkTime time) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
    private ReadOnlyMemory<byte> _ready;
    private ReadOnlyMemory<byte> _suffix;
    private bool _ended;

    /// <summary>Bytes of the blob read so far.</summary>
    public long WireBytes { get; private set; }

    public void ServeAfterEnd(ReadOnlyMemory<byte> suffix) => _suffix = suffix;

    /// <summary>The blob's first bytes, up to <paramref name="count"/>, without consuming them.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(int count, CancellationToken cancellationToken)
    {
        while (_ready.Length < count && !_ended)
        {
            await FillAsync(_ready.Length, cancellationToken);
        }

        return _ready[..Math.Min(count, _ready.Length)];
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ready.IsEmpty && !_ended)
        {
            await FillAsync(0, cancellationToken);
        }

        if (_ready.IsEmpty)
        {
            (_ready, _suffix) = (_suffix, default);
        }

        var count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    /// <summary>Reads what is left, so that a fault of the transfer is told before a fault of the content.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        while (!_ended)
        {
            await FillAsync(0, cancellationToken);
        }
    }

    // Keeps the first bytes of the buffer (peeked, all still unread) and reads behind them.
    private async ValueTask FillAsync(int keep, CancellationToken cancellationToken)
    {
        time.Check();
        var began = time.BeginWait();
        var count = await blob.ReadAsync(_buffer.AsMemory(keep), cancellationToken);
        time.EndWait(began);
        if (count == 0)
        {
            _ended = true;
            Verify();
            return;
        }

        WireBytes += count;
        if (WireBytes > expectedSize)
        {
            throw new LayerException(LayerError.DigestMismatch, $"Layer {expected.Short} has more than the {expectedSize} bytes that its manifest declares.");
        }

        _hash.AppendData(_buffer, keep, count);
        _ready = _buffer.AsMemory(0, keep + count);
        progress.Report(WireBytes);
    }

    private void Verify()
    {
        if (WireBytes < expectedSize)
        {
            throw new LayerException(LayerError.Truncated, $"Layer {expected.Short} ended after {WireBytes} of {expectedSize} bytes.");
        }

        if (Digest.FromHash(_hash.GetHashAndReset()) != expected)
        {
            throw new LayerException(LayerError.DigestMismatch, $"The bytes of layer {expected.Short} have another digest than its manifest declares.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        base.Dispose(disposing);
    }
}
