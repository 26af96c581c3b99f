using System.Buffers.Binary;
using System.Text;

namespace ScoutDashboard.Analysis.Packages.Zip;

/// <summary>Reads the central directory of a zip (APPNOTE 4.3.12 to 4.3.16); throws <see cref="InvalidDataException"/> for one that can't be trusted, <see cref="FormatLimitException"/> for one that is too large.</summary>
internal static class ZipDirectory
{
    private const int LocalHeaderLength = 30;
    private const int MaxNameLength = 4096;
    private const int EndLength = 22;
    private const int End64Length = 56;
    private const int LocatorLength = 20;
    private const int EntryLength = 46;
    private const uint Wide = uint.MaxValue;

    public static IReadOnlyList<ZipMember> Read(ReadOnlySpan<byte> content, int maxMembers)
    {
        var end = FindEnd(content);
        var record = content[end..];
        long count = U16(record, 10), size = U32(record, 12), offset = U32(record, 16);
        var countMask = 0xffffL;
        if (U16(record, 4) != U16(record, 6) || U16(record, 8) != U16(record, 10))
        {
            throw new InvalidDataException("The zip is one part of several, which is not read.");
        }

        if (end >= LocatorLength && content[(end - LocatorLength)..].StartsWith("PK\x06\x07"u8))
        {
            end -= LocatorLength + End64Length;
            record = Part(content, end, End64Length);
            if (!record.StartsWith("PK\x06\x06"u8))
            {
                throw new InvalidDataException("The zip64 end record is not where it belongs.");
            }

            // Where the narrow fields say something themselves, a reader may follow them: both must lead to the same directory.
            var wide = (Count: I64(record, 32), Size: I64(record, 40), Offset: I64(record, 48));
            if ((count != ushort.MaxValue && count != wide.Count) || (size != Wide && size != wide.Size) || (offset != Wide && offset != wide.Offset))
            {
                throw new InvalidDataException("The zip has two end records that disagree.");
            }

            (count, size, offset, countMask) = (wide.Count, wide.Size, wide.Offset, long.MaxValue);
        }

        // What lies before the first byte that offsets count from is a program or script that unpacks its own tail.
        var prefix = end - size - offset;
        if (size < 0 || offset < 0 || size > end || prefix < 0)
        {
            throw new InvalidDataException("The zip's central directory is not where the end record says.");
        }

        // A zip that was cut off ends with an archive that lay in it: that one is not the file's content.
        if (content[..(int)prefix].IndexOf("PK\x03\x04"u8) >= 0)
        {
            throw new InvalidDataException("The zip does not begin where its directory says: it was cut or joined.");
        }

        var members = Entries(content.Slice((int)(end - size), (int)size), content, prefix, maxMembers);
        if ((members.Count & countMask) != count)
        {
            throw new InvalidDataException("The zip has another number of members than its end record says.");
        }

        CheckOverlap(members, end - size);
        return members;
    }

    private static int FindEnd(ReadOnlySpan<byte> content)
    {
        var first = Math.Max(0, content.Length - EndLength - ushort.MaxValue);
        for (var at = content.Length - EndLength; at >= first; at--)
        {
            if (content[at..].StartsWith("PK\x05\x06"u8) && at + EndLength + U16(content[at..], 20) == content.Length)
            {
                return at;
            }
        }

        throw new InvalidDataException("The file has no end of a zip: it is none, or it was cut.");
    }

    private static List<ZipMember> Entries(ReadOnlySpan<byte> directory, ReadOnlySpan<byte> content, long prefix, int maxMembers)
    {
        var members = new List<ZipMember>();
        while (!directory.IsEmpty)
        {
            var entry = Part(directory, 0, EntryLength);
            if (!entry.StartsWith("PK\x01\x02"u8))
            {
                throw new InvalidDataException("The zip's central directory is damaged.");
            }

            if (members.Count == maxMembers)
            {
                throw new FormatLimitException($"The zip has more than {maxMembers} members.");
            }

            int name = U16(entry, 28), extra = U16(entry, 30), comment = U16(entry, 32);
            if (name > MaxNameLength)
            {
                throw new FormatLimitException($"A member's name is longer than {MaxNameLength} bytes.");
            }

            long size = U32(entry, 24), compressed = U32(entry, 20), header = U32(entry, 42);
            Widen(Part(directory, EntryLength + name, extra), ref size, ref compressed, ref header);
            header += prefix;
            var local = Part(content, header, LocalHeaderLength);
            if (!local.StartsWith("PK\x03\x04"u8) || size < 0)
            {
                throw new InvalidDataException("A member is not where the zip's directory says.");
            }

            var rawName = Part(directory, EntryLength, name);
            var ownName = Part(content, header + LocalHeaderLength, U16(local, 26));
            var isDisputed = !rawName.SequenceEqual(ownName) || U16(local, 8) != U16(entry, 10);
            var data = header + LocalHeaderLength + ownName.Length + U16(local, 28);
            _ = Part(content, data, compressed);
            members.Add(new ZipMember(Encoding.UTF8.GetString(rawName), (ZipMethod)U16(entry, 10), (U16(entry, 8) & 1) != 0, isDisputed, U32(entry, 16), compressed, size, header, data));
            directory = Part(directory, EntryLength + name + extra + comment);
        }

        return members;
    }

    // APPNOTE 4.5.3: the extra field holds, in this order, only what the entry has no room for.
    private static void Widen(ReadOnlySpan<byte> extra, ref long size, ref long compressed, ref long header)
    {
        if (size != Wide && compressed != Wide && header != Wide)
        {
            return;
        }

        while (extra.Length >= 4)
        {
            var field = Part(extra, 4, U16(extra, 2));
            if (U16(extra, 0) == 1)
            {
                Take(ref field, ref size);
                Take(ref field, ref compressed);
                Take(ref field, ref header);
                return;
            }

            extra = extra[(4 + field.Length)..];
        }

        static void Take(ref ReadOnlySpan<byte> field, ref long value)
        {
            if (value == Wide)
            {
                value = I64(Part(field, 0, 8), 0);
                field = field[8..];
            }
        }
    }

    // Members that share bytes make a small file inflate without end (Fifield, "A better zip bomb").
    private static void CheckOverlap(List<ZipMember> members, long directory)
    {
        var free = 0L;
        foreach (var member in members.OrderBy(member => member.Header))
        {
            if (member.Header < free)
            {
                throw new InvalidDataException("Members of the zip overlap.");
            }

            free = member.Data + member.CompressedSize;
        }

        if (free > directory)
        {
            throw new InvalidDataException("A member of the zip overlaps its directory.");
        }
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> from, long start, long? length = null)
    {
        var count = length ?? (from.Length - start);
        return start >= 0 && count >= 0 && start <= from.Length && count <= from.Length - start
            ? from.Slice((int)start, (int)count) : throw new InvalidDataException("The zip is cut or damaged: what its directory names is not in it.");
    }

    private static int U16(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt16LittleEndian(from[at..]);

    private static uint U32(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt32LittleEndian(from[at..]);

    private static long I64(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadInt64LittleEndian(from[at..]);
}
