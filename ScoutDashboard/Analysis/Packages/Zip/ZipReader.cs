using System.IO.Compression;

namespace ScoutDashboard.Analysis.Packages.Zip;

/// <summary>
/// Reads a zip that lies whole in memory, also one behind a program or script (PKWARE APPNOTE 6.3). What the central directory says must be true: members that
/// overlap, another name in the member's own header, another length or checksum than promised end in an <see cref="InvalidDataException"/>, what is over a limit in a <see cref="FormatLimitException"/>.
/// </summary>
internal readonly ref struct ZipReader
{
    // Deflate never makes more of a byte (RFC 1951); whoever promises more lies.
    private const int MaxRatio = 1032;

    private readonly ReadOnlySpan<byte> _content;
    private readonly ZipBudget _budget;

    private ZipReader(ReadOnlySpan<byte> content, ZipBudget budget, IReadOnlyList<ZipMember> members)
    {
        _content = content;
        _budget = budget;
        Members = members;
    }

    /// <summary>In the order of the central directory.</summary>
    public IReadOnlyList<ZipMember> Members { get; }

    /// <param name="content">The whole archive.</param>
    /// <param name="budget">Shared with the archives that lie in it.</param>
    public static ZipReader Open(ReadOnlySpan<byte> content, ZipBudget budget) => new(content, budget, ZipDirectory.Read(content, budget.MaxMembers));

    /// <summary>A member's bytes, checked; those of a stored one are not copied.</summary>
    /// <param name="member">One of <see cref="Members"/>.</param>
    /// <param name="limit">The largest size to read.</param>
    public ReadOnlySpan<byte> Read(ZipMember member, int limit)
    {
        if (member.IsEncrypted)
        {
            throw new InvalidDataException("The member is encrypted.");
        }

        if (member.IsDisputed)
        {
            throw new InvalidDataException("The member's own header names another file than the directory.");
        }

        if (member.Size > limit)
        {
            throw new FormatLimitException($"The member is larger than {limit} bytes.");
        }

        var data = _content.Slice((int)member.Data, (int)member.CompressedSize);
        var bytes = member.Method switch
        {
            ZipMethod.Stored when member.CompressedSize == member.Size => data,
            ZipMethod.Stored => throw new InvalidDataException("The stored member has another length than the directory says."),
            ZipMethod.Deflate => Inflate(data, member.Size),
            _ => throw new InvalidDataException($"The member is compressed by method {(int)member.Method}, which is not read."),
        };
        return Crc32.Of(bytes) == member.Checksum ? bytes : throw new InvalidDataException("The member's checksum does not fit.");
    }

    private byte[] Inflate(ReadOnlySpan<byte> data, long size)
    {
        if (size > (data.Length + 1L) * MaxRatio)
        {
            throw new InvalidDataException("The member can't be as large as the directory says.");
        }

        _budget.Take(size);
        var bytes = GC.AllocateUninitializedArray<byte>((int)size);
        using var inflater = new DeflateStream(new MemoryStream(data.ToArray()), CompressionMode.Decompress);
        return inflater.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length && inflater.ReadByte() < 0
            ? bytes : throw new InvalidDataException("The member has another length than the directory says.");
    }
}
