namespace ScoutDashboard.Tests.Support;

/// <summary>Some bytes and then so many zeros, which nobody has to hold.</summary>
internal sealed class PaddedStream(byte[] head, long zeros) : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => head.Length + zeros;
    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, Length - Position);
        buffer[..count].Clear();
        if (Position < head.Length)
        {
            var part = head.AsSpan((int)Position);
            part[..Math.Min(part.Length, count)].CopyTo(buffer);
        }

        Position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
