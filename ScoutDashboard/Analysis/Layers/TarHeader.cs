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

    public byte Type => _block[156];
    public long Size => Number(_block.Slice(124, 12));
    public ReadOnlySpan<byte> Name => Text(_block[..100]);
    public ReadOnlySpan<byte> LinkName => Text(_block.Slice(157, 100));

    /// <summary>The first part of a long name; GNU's own magic ("ustar  ") uses the field for other things.</summary>
    public ReadOnlySpan<byte> Prefix => _block.Slice(257, 6).SequenceEqual("ustar\0"u8) ? Text(_block.Slice(345, 155)) : [];

    /// <summary>Whether blocks with more of GNU's sparse map follow.</summary>
    public bool SparseMapContinues => _block[482] != 0;

    private bool ChecksumMatches()
    {
        int unsigned = 8 * ' ', signed = 8 * ' ';
        for (var i = 0; i < _block.Length; i++)
        {
            if (i is < 148 or >= 156)
            {
                unsigned += _block[i];
                signed += (sbyte)_block[i];
            }
        }

        // Old implementations summed signed bytes.
        var stored = Number(_block.Slice(148, 8));
        return stored == unsigned || stored == signed;
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

        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                throw new InvalidDataException("A number in a tar header is not octal.");
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return value;
    }
}
