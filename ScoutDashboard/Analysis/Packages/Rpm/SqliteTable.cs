using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ScoutDashboard.Analysis.Packages.Rpm;

/// <summary>
/// Walks one table of an SQLite database that lies in memory (sqlite.org/fileformat2.html), read-only, each page at most once; throws <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct SqliteTable
{
    private const int MaxDepth = 20;

    // Of a row that is not the blob: lengths and key.
    private const int RowHead = 64;
    private const int Leaf = 0x0D, Interior = 0x05;
    private readonly ReadOnlySpan<byte> _file;
    private readonly ReadOnlySpan<byte> _log;
    private readonly SqliteWal? _wal;
    private readonly int _pageSize;
    private readonly int _usable;
    private readonly uint _pageCount;
    private uint _visits;
    private long _maxRow;
    private int _tooLarge;

    /// <param name="file">The database.</param>
    /// <param name="log">Its write-ahead log, or nothing.</param>
    public SqliteTable(ReadOnlySpan<byte> file, ReadOnlySpan<byte> log)
    {
        _file = file;
        _log = log;
        _pageSize = file.Length < 100 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(file[16..]) is 1 ? 65536 : BinaryPrimitives.ReadUInt16BigEndian(file[16..]);
        if (_pageSize < 512 || !int.IsPow2(_pageSize) || file[20] > _pageSize - 480 || BinaryPrimitives.ReadUInt32BigEndian(file[56..]) is not (0 or 1))
        {
            throw new InvalidDataException("The database's first page is no SQLite header, or its text is not UTF-8.");
        }

        _usable = _pageSize - file[20];
        _pageCount = (uint)(file.Length / _pageSize);
        if (SqliteWal.Read(log) is { PageCount: > 0 } wal && IsLogged(file))
        {
            if (wal.PageSize != _pageSize)
            {
                throw new InvalidDataException("The database's log has pages of another size.");
            }

            // The log's own word is bounded by what is there, so that no page is asked for without end.
            (_wal, _pageCount) = (wal, Math.Min(wal.PageCount, _pageCount + (uint)(log.Length / _pageSize)));
        }
    }

    private delegate void RowAction<TState>(scoped ReadOnlySpan<byte> payload, TState state);

    /// <summary>Whether the database is in the mode that has a write-ahead log beside it.</summary>
    public static bool IsLogged(ReadOnlySpan<byte> file) => file.Length >= 100 && file[18] == 2 && file[19] == 2;

    /// <summary>Gives the blobs in the second column of a table <c>(INTEGER PRIMARY KEY, BLOB)</c>.</summary>
    public void ReadBlobs(string table, RpmPackages packages)
    {
        var search = new RootSearch(table);
        _maxRow = packages.MaxHeader + (long)RowHead;
        Walk(1, 0, static (payload, state) => state.Look(payload), search);
        if (search.Root == 0)
        {
            throw new InvalidDataException($"The database has no table {table}.");
        }

        _visits = 0;
        Walk(search.Root, 0, static (payload, state) =>
        {
            var record = new SqliteRecord(payload);
            _ = record.Next();
            state.Add(record.Next());
        }, packages);
        for (; _tooLarge > 0; _tooLarge--)
        {
            packages.AddTooLarge();
        }
    }

    private void Walk<TState>(uint number, int depth, RowAction<TState> row, TState state)
    {
        var page = Page(number);
        var head = page[(number == 1 ? 100 : 0)..];
        var cells = BinaryPrimitives.ReadUInt16BigEndian(head[3..]);
        var pointers = head[0] switch { Leaf => head[8..], Interior => head[12..], _ => throw new InvalidDataException($"Page {number} of the database is not of a table.") };
        if (depth > MaxDepth || cells * 2 > pointers.Length)
        {
            throw new InvalidDataException("The database's pages are nested too deep, or hold more than fits.");
        }

        for (var at = 0; at < cells; at++)
        {
            var offset = BinaryPrimitives.ReadUInt16BigEndian(pointers[(2 * at)..]);
            var cell = offset < _usable ? page[offset.._usable] : throw new InvalidDataException($"Page {number} of the database points outside of itself.");
            if (head[0] == Leaf)
            {
                ReadCell(cell, row, state);
            }
            else
            {
                Walk(Child(cell), depth + 1, row, state);
            }
        }

        if (head[0] == Interior)
        {
            Walk(Child(head[8..]), depth + 1, row, state);
        }
    }

    private void ReadCell<TState>(ReadOnlySpan<byte> cell, RowAction<TState> row, TState state)
    {
        var length = SqliteRecord.Varint(ref cell);
        _ = SqliteRecord.Varint(ref cell);
        if (length < 0)
        {
            throw new InvalidDataException("A row of the database is damaged.");
        }

        if (length > _maxRow)
        {
            _tooLarge++;
            return;
        }

        var local = Local((int)length);
        if (local > cell.Length)
        {
            throw new InvalidDataException("A row of the database ends outside of its page.");
        }

        if (local == length)
        {
            row(cell[..local], state);
            return;
        }

        var whole = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, (long)_pageCount * _pageSize));
        try
        {
            row(Overflown(cell, local, (int)length, whole), state);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private ReadOnlySpan<byte> Overflown(ReadOnlySpan<byte> cell, int local, int length, byte[] whole)
    {
        if (length > whole.Length)
        {
            throw new InvalidDataException("A row of the database is larger than the database.");
        }

        cell[..local].CopyTo(whole);
        var filled = local;
        var next = Child(cell[local..]);
        while (filled < length)
        {
            var page = Page(next);
            var take = Math.Min(_usable - 4, length - filled);
            page.Slice(4, take).CopyTo(whole.AsSpan(filled));
            filled += take;
            next = Child(page);
        }

        return whole.AsSpan(0, length);
    }

    // How much of a row lies on its own page (section 1.6).
    private readonly int Local(int length)
    {
        var most = _usable - 35;
        if (length <= most)
        {
            return length;
        }

        var least = ((_usable - 12) * 32 / 255) - 23;
        var kept = least + ((length - least) % (_usable - 4));
        return kept <= most ? kept : least;
    }

    private ReadOnlySpan<byte> Page(uint number)
    {
        if (number == 0 || number > _pageCount || ++_visits > _pageCount)
        {
            throw new InvalidDataException("The database's pages lead outside of it, or in a circle.");
        }

        if (_wal is not null && _wal.TryFind(number, out var offset))
        {
            return _log.Slice(offset, _pageSize);
        }

        var start = (number - 1L) * _pageSize;
        return start + _pageSize <= _file.Length ? _file.Slice((int)start, _pageSize) : throw new InvalidDataException("The database is cut off.");
    }

    private static uint Child(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : throw new InvalidDataException("A row of the database ends outside of its page.");

    // sqlite_schema: type, name, tbl_name, rootpage, sql.
    private sealed class RootSearch(string table)
    {
        public uint Root { get; private set; }

        public void Look(ReadOnlySpan<byte> payload)
        {
            var record = new SqliteRecord(payload);
            var isTable = record.Next().SequenceEqual("table"u8);
            var isNamed = Ascii.Equals(record.Next(), table);
            _ = record.Next();
            var root = record.Next();
            if (isTable && isNamed && root.Length <= 4)
            {
                Root = 0;
                foreach (var part in root)
                {
                    Root = (Root << 8) | part;
                }
            }
        }
    }
}
