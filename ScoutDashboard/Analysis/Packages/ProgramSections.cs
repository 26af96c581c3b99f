using System.Buffers.Binary;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Finds a section of a program by its name: ELF (gABI, chapter 4), PE/COFF (Microsoft, "PE Format"), Mach-O (mach-o/loader.h). Nothing where the tables are damaged; <see cref="FormatLimitException"/> where they are too long to be searched.</summary>
internal static class ProgramSections
{
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> program, ReadOnlySpan<byte> name, int limit) => program switch
    {
        [0x7f, (byte)'E', (byte)'L', (byte)'F', ..] when program.Length >= 64 => FindElf(program, name, limit),
        [(byte)'M', (byte)'Z', ..] when program.Length >= 64 => FindPe(program, name, limit),
        [0xcf, 0xfa, 0xed, 0xfe, ..] when program.Length >= 32 => FindMachO(program, name, limit),
        _ => default,
    };

    private static ReadOnlySpan<byte> FindElf(ReadOnlySpan<byte> program, ReadOnlySpan<byte> name, int limit)
    {
        var (is64, isBig) = (program[4] == 2, program[5] == 2);
        var table = is64 ? Long(program, 40, isBig) : Int(program, 32, isBig);
        var (entryLength, count, names) = is64 ? (Short(program, 58, isBig), Short(program, 60, isBig), Short(program, 62, isBig)) : (Short(program, 46, isBig), Short(program, 48, isBig), Short(program, 50, isBig));
        var least = is64 ? 64 : 40;
        // A count that has no room in the header stands in the first section's size, the index of the names in its link (gABI, "Section header table").
        if (count == 0 && table > 0 && entryLength >= least && table <= (ulong)(program.Length - least))
        {
            count = (int)Math.Min(is64 ? Long(program, (int)table + 32, isBig) : Int(program, (int)table + 20, isBig), int.MaxValue);
            names = names < ushort.MaxValue ? names : (int)Math.Min(Int(program, (int)table + (is64 ? 40 : 24), isBig), int.MaxValue);
        }

        if (entryLength >= least)
        {
            Check((ulong)count, limit);
        }

        if (entryLength < least || names >= count || table + ((ulong)count * (ulong)entryLength) is var end && (end > (ulong)program.Length || end < table))
        {
            return default;
        }

        var texts = Body(program, (int)table + (names * entryLength));
        for (var at = 0; at < count; at++)
        {
            var header = (int)table + (at * entryLength);
            var start = Int(program, header, isBig);
            if (start < (ulong)texts.Length && texts[(int)start..].StartsWith(name) && texts[(int)start..].Length > name.Length && texts[(int)start + name.Length] == 0)
            {
                return Body(program, header);
            }
        }

        return default;

        ReadOnlySpan<byte> Body(ReadOnlySpan<byte> file, int header) => is64
            ? Slice(file, Long(file, header + 24, isBig), Long(file, header + 32, isBig))
            : Slice(file, Int(file, header + 16, isBig), Int(file, header + 20, isBig));
    }

    private static ReadOnlySpan<byte> FindPe(ReadOnlySpan<byte> program, ReadOnlySpan<byte> name, int limit)
    {
        var start = Int(program, 0x3c, false);
        if (start + 24 > (ulong)program.Length || !program[(int)start..].StartsWith("PE\0\0"u8))
        {
            return default;
        }

        var count = Short(program, (int)start + 6, false);
        Check((ulong)count, limit);
        var table = (int)start + 24 + Short(program, (int)start + 20, false);
        for (var at = table; count > 0 && at + 40 <= program.Length; at += 40, count--)
        {
            // Eight bytes, filled with zeros.
            if (program.Slice(at, 8).TrimEnd((byte)0).SequenceEqual(name))
            {
                return Slice(program, Int(program, at + 20, false), Math.Min(Int(program, at + 8, false), Int(program, at + 16, false)));
            }
        }

        return default;
    }

    private static ReadOnlySpan<byte> FindMachO(ReadOnlySpan<byte> program, ReadOnlySpan<byte> name, int limit)
    {
        const int segment64 = 0x19, segmentHead = 72, sectionLength = 80;
        var commands = Int(program, 16, false);
        Check(commands, limit);
        var at = 32;
        for (; commands > 0 && at + segmentHead <= program.Length; commands--)
        {
            var length = Int(program, at + 4, false);
            if (length < 8 || length > (ulong)(program.Length - at))
            {
                return default;
            }

            var sections = Int(program, at, false) == segment64 && length >= segmentHead ? Math.Min(Int(program, at + 64, false), (length - segmentHead) / sectionLength) : 0;
            Check(sections, limit);
            for (var section = 0; section < (int)sections; section++)
            {
                var header = at + segmentHead + (section * sectionLength);
                if (program.Slice(header, 16).TrimEnd((byte)0).SequenceEqual(name))
                {
                    return Slice(program, Int(program, header + 48, false), Long(program, header + 40, false));
                }
            }

            at += (int)length;
        }

        return default;
    }

    private static void Check(ulong count, int limit)
    {
        if (count > (ulong)limit)
        {
            throw new FormatLimitException($"The program has more than {limit} sections.");
        }
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> file, ulong offset, ulong length) =>
        offset <= (ulong)file.Length && length <= (ulong)file.Length - offset ? file.Slice((int)offset, (int)length) : default;

    private static int Short(ReadOnlySpan<byte> file, int at, bool isBig) =>
        isBig ? BinaryPrimitives.ReadUInt16BigEndian(file[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    private static ulong Int(ReadOnlySpan<byte> file, int at, bool isBig) =>
        isBig ? BinaryPrimitives.ReadUInt32BigEndian(file[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(file[at..]);

    private static ulong Long(ReadOnlySpan<byte> file, int at, bool isBig) =>
        isBig ? BinaryPrimitives.ReadUInt64BigEndian(file[at..]) : BinaryPrimitives.ReadUInt64LittleEndian(file[at..]);
}
