using Microsoft.Win32.SafeHandles;
using ScoutDashboard.Analysis.Layers;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>A part of an open file as a stream of its own; several may be read at the same time. The file is not closed with it.</summary>
internal sealed class FileSlice(SafeFileHandle file, long offset, long length) : ForwardStream
{
    private long _read;

    public override long Length => length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, length - _read);
        var count = wanted == 0 ? 0 : await RandomAccess.ReadAsync(file, buffer[..wanted], offset + _read, cancellationToken);
        _read += count;
        return count;
    }
}
