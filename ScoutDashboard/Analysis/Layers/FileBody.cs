using System.Buffers;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>The first bytes of a tar's present file, in one buffer that serves every file of a layer.</summary>
internal sealed class FileBody(TarReader tar, ByteBudget budget, WorkTime time)
{
    // Few files are larger; a buffer for one is left to the collector, for the pool would keep it as long as the process runs, and is of the budget.
    private const int LargestPooled = 16 << 20;
    private byte[] _buffer = [];
    private int _filled;
    private long _taken;

    /// <summary>What was read of the present file.</summary>
    public ReadOnlySpan<byte> Content => _buffer.AsSpan(0, _filled);

    /// <summary>Forgets the file, and gives back what a large one took.</summary>
    public void End()
    {
        _filled = 0;
        if (_taken > 0)
        {
            Release();
            budget.Return(_taken);
            _taken = 0;
        }
    }

    /// <summary>Reads on until <see cref="Content"/> has so many bytes, or all that the file has.</summary>
    public ValueTask ReadAsync(int length, CancellationToken cancellationToken)
    {
        var size = (int)Math.Min(length, tar.Size);
        // Heads and small files nearly always lie in the tar's buffer whole.
        if (_filled < size && size <= _buffer.Length)
        {
            _filled += tar.TakeBody(_buffer.AsSpan(_filled, size - _filled));
        }

        return _filled >= size ? ValueTask.CompletedTask : FillAsync(size, cancellationToken);
    }

    private async ValueTask FillAsync(int size, CancellationToken cancellationToken)
    {
        if (size > LargestPooled && _taken == 0)
        {
            var began = time.BeginWait();
            await budget.TakeAsync(size, cancellationToken);
            _taken = size;
            time.EndWait(began);
        }

        while (_filled < size)
        {
            if (_filled == _buffer.Length)
            {
                Grow(size);
            }

            _filled += await tar.ReadBodyAsync(_buffer.AsMemory(_filled, Math.Min(size, _buffer.Length) - _filled), cancellationToken);
        }
    }

    public void Release()
    {
        if (_buffer.Length is > 0 and <= LargestPooled)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        (_buffer, _filled) = ([], 0);
    }

    // With the bytes that really come, not with the size that the header claims. Once they are more than the pool holds, the whole size is
    // asked for: pages that no byte is written to cost nothing, while each doubling would hold two buffers at once.
    private void Grow(int size)
    {
        var length = _filled < LargestPooled ? Math.Min(Math.Min(size, LargestPooled), Math.Max(_filled * 2, 64 << 10)) : size;
        var larger = length <= LargestPooled ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);
        var filled = _filled;
        Content.CopyTo(larger);
        Release();
        (_buffer, _filled) = (larger, filled);
    }
}
