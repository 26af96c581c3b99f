using System.Buffers.Binary;

namespace ScoutDashboard.Archives;

/// <summary>Where the central directory of a zip lies, as its end records tell (APPNOTE 4.3.14 to 4.3.16).</summary>
/// <param name="At">Where the directory ends, bytes from the start.</param>
/// <param name="Size">Its length, bytes.</param>
/// <param name="Prefix">How many bytes lie before the first that offsets count from: a program or script that unpacks its own tail.</param>
internal readonly record struct ZipEnd(long At, long Size, long Prefix)
{
    /// <summary>All that the end records can take, with the longest comment.</summary>
    public const int MaxLength = Length64 + LocatorLength + Length + ushort.MaxValue;

    private const int Length = 22;
    private const int Length64 = 56;
    private const int LocatorLength = 20;
    private const uint Wide = uint.MaxValue;

    /// <summary>How many entries the directory has.</summary>
    private long Count { get; init; }

    // Without a wide record only the last bits of the count are there.
    private long CountMask { get; init; }

    /// <summary>Reads them.</summary>
    /// <param name="tail">The zip's last <see cref="MaxLength"/> bytes, or all of a shorter one.</param>
    /// <param name="start">Where the tail begins in the zip.</param>
    /// <exception cref="InvalidDataException">There are none that can be trusted.</exception>
    public static ZipEnd Read(ReadOnlySpan<byte> tail, long start)
    {
        var end = Find(tail);
        var record = tail[end..];
        long count = U16(record, 10), size = U32(record, 12), offset = U32(record, 16);
        var countMask = 0xffffL;
        if (U16(record, 4) != U16(record, 6) || U16(record, 8) != U16(record, 10))
        {
            throw new InvalidDataException("The zip is one part of several, which is not read.");
        }

        if (end >= LocatorLength && tail[(end - LocatorLength)..].StartsWith("PK\x06\x07"u8))
        {
            end -= LocatorLength + Length64;
            record = end >= 0 ? tail[end..] : [];
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

        var at = start + end;
        if (size < 0 || offset < 0 || size > at || offset > at - size)
        {
            throw new InvalidDataException("The zip's central directory is not where the end record says.");
        }

        return new ZipEnd(at, size, at - size - offset) { Count = count, CountMask = countMask };
    }

    /// <summary>Throws <see cref="InvalidDataException"/> where the directory had another number of entries than the end record says.</summary>
    public void CheckCount(long entries)
    {
        if ((entries & CountMask) != Count)
        {
            throw new InvalidDataException("The zip has another number of members than its end record says.");
        }
    }

    private static int Find(ReadOnlySpan<byte> tail)
    {
        var first = Math.Max(0, tail.Length - Length - ushort.MaxValue);
        for (var at = tail.Length - Length; at >= first; at--)
        {
            if (tail[at..].StartsWith("PK\x05\x06"u8) && at + Length + U16(tail[at..], 20) == tail.Length)
            {
                return at;
            }
        }

        throw new InvalidDataException("The file has no end of a zip: it is none, or it was cut.");
    }

    private static int U16(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt16LittleEndian(from[at..]);

    private static uint U32(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt32LittleEndian(from[at..]);

    private static long I64(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadInt64LittleEndian(from[at..]);
}
