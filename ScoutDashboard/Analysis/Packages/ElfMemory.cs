namespace ScoutDashboard.Analysis.Packages;

/// <summary>Reads an ELF program's bytes by the addresses that they have in memory (gABI, chapter 5: program header); nothing where a table or an address is damaged, <see cref="FormatLimitException"/> where there are too many segments.</summary>
internal readonly ref struct ElfMemory
{
    private const int Load = 1;
    private readonly ReadOnlySpan<byte> _program;
    private readonly int _segments;
    private readonly bool _is64;
    private readonly bool _isBig;

    private ElfMemory(ReadOnlySpan<byte> program, int maxSegments)
    {
        _program = program;
        _is64 = program[4] == 2;
        _isBig = program[5] == 2;
        _segments = (int)Number(program[(_is64 ? 56 : 44)..], 2);
        if (_segments > maxSegments)
        {
            throw new FormatLimitException($"The program has more than {maxSegments} segments.");
        }
    }

    public static bool TryOpen(ReadOnlySpan<byte> program, int maxSegments, out ElfMemory memory)
    {
        var isElf = program.Length >= 64 && program.StartsWith("\u007fELF"u8);
        memory = isElf ? new ElfMemory(program, maxSegments) : default;
        return isElf;
    }

    /// <summary>The text that a Go string header (pointer, length) at this address names.</summary>
    public ReadOnlySpan<byte> GoString(ulong address)
    {
        var word = _is64 ? 8 : 4;
        var header = At(address, (ulong)(2 * word));
        return header.IsEmpty ? default : At(Number(header, word), Number(header[word..], word));
    }

    /// <summary>An address as the program writes it.</summary>
    public ulong Pointer(ReadOnlySpan<byte> bytes) => Number(bytes, _is64 ? 8 : 4);

    private ReadOnlySpan<byte> At(ulong address, ulong length)
    {
        var table = _is64 ? Number(_program[32..], 8) : Number(_program[28..], 4);
        var entryLength = (int)Number(_program[(_is64 ? 54 : 42)..], 2);
        var least = _is64 ? 56 : 32;
        for (var at = 0; at < _segments && entryLength >= least && table <= (ulong)(_program.Length - least) && (long)table + (at * (long)entryLength) + least <= _program.Length; at++)
        {
            var entry = _program[((int)table + (at * entryLength))..];
            var (offset, start, size) = _is64 ? (Number(entry[8..], 8), Number(entry[16..], 8), Number(entry[32..], 8)) : (Number(entry[4..], 4), Number(entry[8..], 4), Number(entry[16..], 4));
            if (Number(entry, 4) == Load && address >= start && address - start < size && length <= size - (address - start))
            {
                var position = offset + (address - start);
                return position >= offset && position <= (ulong)_program.Length && length <= (ulong)_program.Length - position ? _program.Slice((int)position, (int)length) : default;
            }
        }

        return default;
    }

    private ulong Number(ReadOnlySpan<byte> bytes, int length)
    {
        ulong value = 0;
        for (var at = 0; at < length; at++)
        {
            value = (value << 8) | bytes[_isBig ? at : length - 1 - at];
        }

        return value;
    }
}
