using System.Buffers.Binary;
using System.Text;

namespace ScoutDashboard.Analysis.Packages.Rpm;

/// <summary>One package's header as every rpm database stores it, without the lead (rpm, docs/manual/format_header.md); throws <see cref="InvalidDataException"/>.</summary>
internal readonly ref struct RpmHeader
{
    public const int Name = 1000, Version = 1001, Release = 1002, Epoch = 1003, Vendor = 1011, License = 1014, Architecture = 1022, SourceRpm = 1044,
        FolderIndexes = 1116, FileNames = 1117, FolderNames = 1118, ModularityLabel = 5096;

    private const int Int32Type = 4, StringType = 6, StringArrayType = 8, I18nType = 9;
    private const int MaxEntries = 0xFFFF;
    private const int EntryLength = 16;
    private readonly ReadOnlySpan<byte> _index;
    private readonly ReadOnlySpan<byte> _data;

    public RpmHeader(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < 8)
        {
            throw new InvalidDataException("A package's header is shorter than 8 bytes.");
        }

        var entries = BinaryPrimitives.ReadUInt32BigEndian(blob);
        var length = BinaryPrimitives.ReadUInt32BigEndian(blob[4..]);
        if (entries is 0 or > MaxEntries || 8 + (entries * EntryLength) + (ulong)length != (ulong)blob.Length)
        {
            throw new InvalidDataException("A package's header is not as long as it says.");
        }

        _index = blob.Slice(8, (int)entries * EntryLength);
        _data = blob[(8 + _index.Length)..];
    }

    /// <summary>A text, the first of a list; null where the header has no such tag.</summary>
    public string? Text(int tag)
    {
        if (!TryFind(tag, out var type, out var offset, out _))
        {
            return null;
        }

        var end = offset < (uint)_data.Length ? _data[(int)offset..].IndexOf((byte)0) : -1;
        return type is StringType or StringArrayType or I18nType && end >= 0 ? Encoding.UTF8.GetString(_data.Slice((int)offset, end))
            : throw new InvalidDataException("A package's header has a text outside of its data.");
    }

    /// <summary>A number; null where the header has no such tag.</summary>
    public uint? Number(int tag)
    {
        if (!TryFind(tag, out var type, out var offset, out _))
        {
            return null;
        }

        return type == Int32Type && offset + 4L <= _data.Length ? BinaryPrimitives.ReadUInt32BigEndian(_data[(int)offset..])
            : throw new InvalidDataException("A package's header has a number outside of its data.");
    }

    /// <summary>All texts of a list; none where the header has no such tag.</summary>
    public List<string> Texts(int tag)
    {
        var texts = new List<string>();
        if (!TryFind(tag, out var type, out var offset, out var count))
        {
            return texts;
        }

        var rest = type == StringArrayType && offset <= (uint)_data.Length ? _data[(int)offset..] : default;
        for (; count > 0; count--)
        {
            var end = rest.IndexOf((byte)0);
            if (end < 0)
            {
                throw new InvalidDataException("A package's header has a list outside of its data.");
            }

            texts.Add(Encoding.UTF8.GetString(rest[..end]));
            rest = rest[(end + 1)..];
        }

        return texts;
    }

    /// <summary>All numbers of a list; none where the header has no such tag.</summary>
    public List<uint> Numbers(int tag)
    {
        var numbers = new List<uint>();
        if (TryFind(tag, out var type, out var offset, out var count))
        {
            if (type != Int32Type || offset + (4L * count) > _data.Length)
            {
                throw new InvalidDataException("A package's header has a list outside of its data.");
            }

            for (var at = (int)offset; count > 0; at += 4, count--)
            {
                numbers.Add(BinaryPrimitives.ReadUInt32BigEndian(_data[at..]));
            }
        }

        return numbers;
    }

    // Headers of rpm 3 have no order; none has more than some hundred entries.
    private bool TryFind(int tag, out uint type, out uint offset, out uint count)
    {
        for (var at = 0; at < _index.Length; at += EntryLength)
        {
            var entry = _index.Slice(at, EntryLength);
            count = BinaryPrimitives.ReadUInt32BigEndian(entry[12..]);
            if (BinaryPrimitives.ReadInt32BigEndian(entry) == tag && count > 0)
            {
                type = BinaryPrimitives.ReadUInt32BigEndian(entry[4..]);
                offset = BinaryPrimitives.ReadUInt32BigEndian(entry[8..]);
                return true;
            }
        }

        (type, offset, count) = (0, 0, 0);
        return false;
    }
}
