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
    private readonly byte[] _held = new byte[Secret.Length];
    private int _heldLength;
    private bool _ended;

    public SealedGzipStream(VerifiedStream wire)
    {
        wire.ServeAfterEnd(Seal);
        _inflater = new GZipStream(wire, CompressionMode.Decompress, leaveOpen: true);
    }

    /// <param name="buffer">Has room for more than the secret.</param>
    /// <param name="cancellationToken">Stops the read of the wire.</param>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(buffer.Length, Secret.Length);
        while (!_ended)
        {
            // What may still turn out to be the secret is held back.
            _held.AsSpan(0, _heldLength).CopyTo(buffer.Span);
            var count = await _inflater.ReadAsync(buffer[_heldLength..], cancellationToken);
            var length = _heldLength + count;
            if (count == 0)
            {
                End();
                break;
            }

            _heldLength = Math.Min(length, Secret.Length);
            var ready = length - _heldLength;
            buffer.Span[ready..length].CopyTo(_held);
            if (ready > 0)
            {
                return ready;
            }
        }

        return 0;
    }

    private void End()
    {
        _ended = true;
        if (!_held.AsSpan(0, _heldLength).SequenceEqual(Secret))
        {
            throw new InvalidDataException("The gzip stream is cut off, or followed by bytes that are no gzip.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inflater.Dispose();
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
