using System.Buffers;
using System.Buffers.Binary;

namespace ScoutDashboard.Analysis.Packages.Rpm;

/// <summary>
/// The Berkeley DB hash file <c>Packages</c> of rpm before 4.16: RHEL 8, Amazon Linux 2 (libdb 5.3, dbinc/db_page.h). Every page is looked at in its
/// order, so that no bucket's chain can lead in a circle; throws <see cref="InvalidDataException"/>.
/// </summary>
internal readonly ref struct BdbDatabase
{
    private const uint HashMagic = 0x00061561;
    private const int MagicOffset = 12;
    private const int PageHeaderLength = 26;
    private const int HashUnsorted = 2, Overflow = 7, HashMeta = 8, Hash = 13;
    private const int KeyData = 1, OffPage = 3;
    private readonly ReadOnlySpan<byte> _file;
    private readonly bool _isBigEndian;
    private readonly int _pageSize;
    private readonly uint _lastPage;

    private BdbDatabase(ReadOnlySpan<byte> file)
    {
        _file = file;
        _isBigEndian = BinaryPrimitives.ReadUInt32BigEndian(file[MagicOffset..]) == HashMagic;
        var size = Number(file, 20);
        _lastPage = Number(file, 32);
        if (file[24] != 0 || file[25] != HashMeta || size is < 512 or > 65536 || !uint.IsPow2(size))
        {
            throw new InvalidDataException("The database is encrypted, or its first page is damaged.");
        }

        _pageSize = (int)size;
        if ((_lastPage + 1L) * size > file.Length)
        {
            throw new InvalidDataException("The database is cut off.");
        }
    }

    public static bool Is(ReadOnlySpan<byte> head) => head.Length >= PageHeaderLength
        && (BinaryPrimitives.ReadUInt32LittleEndian(head[MagicOffset..]) == HashMagic || BinaryPrimitives.ReadUInt32BigEndian(head[MagicOffset..]) == HashMagic);

    public static void Read(ReadOnlySpan<byte> file, RpmPackages packages)
    {
        if (file.Length < 512)
        {
            throw new InvalidDataException("The database is cut off.");
        }

        new BdbDatabase(file).ReadPages(packages);
    }

    private void ReadPages(RpmPackages packages)
    {
        var budget = _lastPage;
        for (uint number = 1; number <= _lastPage; number++)
        {
            var page = Page(number);
            if (page[25] is Hash or HashUnsorted)
            {
                ReadPage(page, packages, ref budget);
            }
        }
    }

    // Keys and values take turns; each item ends where the one before it begins.
    private void ReadPage(ReadOnlySpan<byte> page, RpmPackages packages, ref uint budget)
    {
        var entries = Short(page, 20);
        if (PageHeaderLength + (2 * entries) > page.Length)
        {
            throw new InvalidDataException("A page of the database holds more than fits.");
        }

        var end = page.Length;
        ReadOnlySpan<byte> key = default;
        for (var at = 0; at < entries; at++)
        {
            var start = Short(page, PageHeaderLength + (2 * at));
            if (start < PageHeaderLength || start >= end)
            {
                throw new InvalidDataException("A page of the database points outside of itself.");
            }

            var item = page[start..end];
            end = start;
            if (at % 2 == 0)
            {
                key = item;
            }
            else if (key is not [KeyData, 0, 0, 0, 0])
            {
                // The key of four zeros counts the packages.
                ReadValue(item, packages, ref budget);
            }
        }
    }

    private void ReadValue(ReadOnlySpan<byte> item, RpmPackages packages, ref uint budget)
    {
        if (item[0] == KeyData)
        {
            packages.Add(item[1..]);
            return;
        }

        var length = item.Length >= 12 ? Number(item, 8) : 0;
        if (item[0] != OffPage || length == 0 || length > _file.Length)
        {
            throw new InvalidDataException("A package of the database is damaged.");
        }

        if (length > packages.MaxHeader)
        {
            packages.AddTooLarge();
            return;
        }

        var whole = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            packages.Add(Chain(Number(item, 4), whole.AsSpan(0, (int)length), ref budget));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private Span<byte> Chain(uint number, Span<byte> whole, ref uint budget)
    {
        var filled = 0;
        while (filled < whole.Length)
        {
            var page = number is 0 || number > _lastPage || budget-- == 0 ? throw new InvalidDataException("The database's pages lead outside of it, or in a circle.") : Page(number);
            var length = Math.Min(Short(page, 22), whole.Length - filled);
            if (page[25] != Overflow || length == 0 || length > page.Length - PageHeaderLength)
            {
                throw new InvalidDataException("A package of the database is damaged.");
            }

            page.Slice(PageHeaderLength, length).CopyTo(whole[filled..]);
            filled += length;
            number = Number(page, 16);
        }

        return whole;
    }

    private ReadOnlySpan<byte> Page(uint number) => _file.Slice((int)(number * (long)_pageSize), _pageSize);

    private uint Number(ReadOnlySpan<byte> bytes, int at) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private int Short(ReadOnlySpan<byte> bytes, int at) =>
        _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
