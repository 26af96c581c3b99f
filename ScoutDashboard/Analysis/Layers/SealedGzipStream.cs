using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// Inflates gzip and ends only where gzip itself ended. <see cref="GZipStream"/> reports success on truncated input and stops silently at
/// trailing garbage; so one more member with a secret is served behind the blob, and only a blob that is whole lets it come out.
/// </summary>
internal sealed class SealedGzipStream : ForwardStream
{
    // Random for each process: content that was made to look like the seal would have to guess it.
    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);
    private static readonly byte[] Seal = Compress(Secret);
    private readonly GZipStream _inflater;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(128 << 10);
    private int _start;
    private int _end;
    private bool _ended;

    public SealedGzipStream(VerifiedStream wire)
    {
        wire.ServeAfterEnd(Seal);
        _inflater = new GZipStream(wire, CompressionMode.Decompress, leaveOpen: true);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // What may still turn out to be the secret is held back.
        while (!_ended && _end - _start <= Secret.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var count = await _inflater.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += count;
            if (count == 0)
            {
                Break();
            }
        }

        var ready = Math.Min(buffer.Length, _end - _start - (_ended ? 0 : Secret.Length));
        _buffer.AsMemory(_start, ready).CopyTo(buffer);
        _start += ready;
        return ready;
    }

    private void Break()
    {
        _ended = true;
        if (!_buffer.AsSpan(_start, _end - _start).EndsWith(Secret))
        {
            throw new InvalidDataException("The gzip stream is cut off, or followed by bytes that are no gzip.");
        }

        _end -= Secret.Length;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inflater.Dispose();
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
