using System.Buffers.Binary;

namespace ScoutDashboard.Archives;

/// <summary>One file header of a zip's central directory (APPNOTE 4.3.12), and what of the member's own header (4.3.7) a reader needs; sizes are bytes.</summary>
internal readonly ref struct ZipEntry
{
    /// <summary>The fixed part of a member's own header.</summary>
    public const int LocalHeaderLength = 30;

    private const int HeaderLength = 46;
    private const uint Wide = uint.MaxValue;

    /// <summary>Path inside the archive as written: it may be hostile.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }
    public int Method { get; private init; }
    public bool IsEncrypted { get; private init; }
    public uint Checksum { get; private init; }
    public long CompressedSize { get; private init; }
    public long Size { get; private init; }

    /// <summary>Where the member's own header begins; what lies before the zip is not counted.</summary>
    public long Header { get; private init; }

    /// <summary>Takes the first entry of the rest of a directory.</summary>
    /// <exception cref="InvalidDataException">There is none that is whole.</exception>
    public static ZipEntry Take(ref ReadOnlySpan<byte> directory)
    {
        var header = Part(directory, 0, HeaderLength);
        if (!header.StartsWith("PK\x01\x02"u8))
        {
            throw new InvalidDataException("The zip's central directory is damaged.");
        }

        int name = U16(header, 28), extra = U16(header, 30), comment = U16(header, 32);
        long size = U32(header, 24), compressed = U32(header, 20), offset = U32(header, 42);
        Widen(Part(directory, HeaderLength + name, extra), ref size, ref compressed, ref offset);
        if (size < 0 || compressed < 0 || offset < 0)
        {
            throw new InvalidDataException("A member is not where the zip's directory says.");
        }

        var entry = new ZipEntry
        {
            Name = Part(directory, HeaderLength, name), Method = U16(header, 10), IsEncrypted = (U16(header, 8) & 1) != 0, Checksum = U32(header, 16),
            CompressedSize = compressed, Size = size, Header = offset,
        };
        var length = HeaderLength + name + extra + comment;
        _ = Part(directory, 0, length);
        directory = directory[length..];
        return entry;
    }

    /// <summary>Whether a header begins where the directory says that a member does, and what it says of the bytes up to the member's data.</summary>
    /// <exception cref="InvalidDataException">No header begins there.</exception>
    public static (int Method, int NameLength, int ExtraLength) LocalHeader(ReadOnlySpan<byte> header) => header.Length >= LocalHeaderLength && header.StartsWith("PK\x03\x04"u8)
        ? (U16(header, 8), U16(header, 26), U16(header, 28)) : throw new InvalidDataException("A member is not where the zip's directory says.");

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
                value = BinaryPrimitives.ReadInt64LittleEndian(Part(field, 0, 8));
                field = field[8..];
            }
        }
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> from, int start, int length) => start <= from.Length && length <= from.Length - start
        ? from.Slice(start, length) : throw new InvalidDataException("The zip is cut or damaged: what its directory names is not in it.");

    private static int U16(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt16LittleEndian(from[at..]);

    private static uint U32(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt32LittleEndian(from[at..]);
}
