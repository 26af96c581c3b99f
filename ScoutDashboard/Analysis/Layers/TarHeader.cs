using System.Numerics;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>One 512-byte header block (POSIX.1-1988 ustar, GNU tar); throws <see cref="InvalidDataException"/> where it is none.</summary>
internal readonly ref struct TarHeader
{
    public const int Length = 512;
    private readonly ReadOnlySpan<byte> _block;

    public TarHeader(ReadOnlySpan<byte> block)
    {
        _block = block;
        if (!ChecksumMatches())
        {
            throw new InvalidDataException("A tar header's checksum does not match.");
        }
    }

    public byte Type => TypeOf(_block);
    public long Size => Number(_block.Slice(124, 12));
    public ReadOnlySpan<byte> Name => Text(_block[..100]);
    public ReadOnlySpan<byte> LinkName => Text(_block.Slice(157, 100));

    /// <summary>The first part of a long name; GNU's own magic ("ustar  ") uses the field for other things.</summary>
    public ReadOnlySpan<byte> Prefix => _block.Slice(257, 6).SequenceEqual("ustar\0"u8) ? Text(_block.Slice(345, 155)) : [];

    /// <summary>Whether blocks with more of GNU's sparse map follow.</summary>
    public bool SparseMapContinues => _block[482] != 0;

    /// <summary>The type that a block tells which is not yet known to be a header.</summary>
    public static byte TypeOf(ReadOnlySpan<byte> block) => block[156];

    private bool ChecksumMatches()
    {
        // The field itself counts as spaces.
        var field = _block.Slice(148, 8);
        var sum = Sum(_block) - Sum(field) + (8 * ' ');
        var stored = Number(field);
        // Old implementations summed signed bytes.
        return stored == sum || stored == sum - (256 * (Negative(_block) - Negative(field)));
    }

    private static int Sum(ReadOnlySpan<byte> bytes)
    {
        var sums = Vector<ushort>.Zero;
        // 512 bytes of 255 can't overflow the lanes: with vectors of 16 bytes there are eight, of at most 16,320 each.
        for (; bytes.Length >= Vector<byte>.Count; bytes = bytes[Vector<byte>.Count..])
        {
            Vector.Widen(new Vector<byte>(bytes), out var low, out var high);
            sums += low + high;
        }

        Vector.Widen(sums, out var lowSums, out var highSums);
        var sum = (int)Vector.Sum(lowSums + highSums);
        foreach (var value in bytes)
        {
            sum += value;
        }

        return sum;
    }

    private static int Negative(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        foreach (var value in bytes)
        {
            count += value >> 7;
        }

        return count;
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field) => field.IndexOf((byte)0) is var end and >= 0 ? field[..end] : field;

    private static long Number(ReadOnlySpan<byte> field)
    {
        long value = 0;
        if ((field[0] & 0x80) != 0)
        {
            // GNU base-256: two's complement, big-endian, the first bit is only a mark.
            for (var i = 0; i < field.Length; i++)
            {
                var part = i == 0 ? field[i] & 0x7f : field[i];
                if (value > long.MaxValue >> 8 || (i == 0 && (part & 0x40) != 0))
                {
                    throw new InvalidDataException("A number in a tar header is negative or too large.");
                }

                value = (value << 8) | (uint)part;
            }

            return value;
        }

        var at = 0;
        while (at < field.Length && field[at] is (byte)' ' or 0)
        {
            at++;
        }

        for (; at < field.Length && field[at] is >= (byte)'0' and <= (byte)'7'; at++)
        {
            value = (value << 3) | (uint)(field[at] - '0');
        }

        return field[at..].ContainsAnyExcept((byte)' ', (byte)0) ? throw new InvalidDataException("A number in a tar header is not octal.") : value;
    }
}
