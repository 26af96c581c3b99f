using System.Buffers.Binary;

namespace ScoutDashboard.Analysis.Packages.Rpm;

/// <summary>
/// The pages that a write-ahead log holds newer than the database (sqlite.org/fileformat2.html, section 4): those of frames up to the last commit whose
/// salts and checksums hold; what follows is of an older log or of a write that never ended.
/// </summary>
internal sealed class SqliteWal
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;
    private const uint LittleEndianMagic = 0x377f0682;
    private readonly Dictionary<uint, int> _pages = [];

    private SqliteWal()
    {
    }

    /// <summary>Bytes of a page.</summary>
    public int PageSize { get; private set; }

    /// <summary>Pages of the database after the last commit; 0 where nothing was committed.</summary>
    public uint PageCount { get; private set; }

    /// <summary>Where a page begins in the log; false where the database's own is the newest.</summary>
    public bool TryFind(uint page, out int offset) => _pages.TryGetValue(page, out offset);

    public static SqliteWal Read(ReadOnlySpan<byte> log)
    {
        var wal = new SqliteWal();
        if (log.Length < HeaderLength || (BinaryPrimitives.ReadUInt32BigEndian(log) & ~1u) != LittleEndianMagic)
        {
            return wal;
        }

        var sum = new Checksum(isBigEndian: (log[3] & 1) != 0);
        sum.Add(log[..24]);
        var size = BinaryPrimitives.ReadUInt32BigEndian(log[8..]);
        if (!sum.Is(log[24..32]) || size is < 512 or > 65536 || !uint.IsPow2(size))
        {
            return wal;
        }

        wal.PageSize = (int)size;
        wal.ReadFrames(log, sum);
        return wal;
    }

    private void ReadFrames(ReadOnlySpan<byte> log, Checksum sum)
    {
        var uncommitted = new Dictionary<uint, int>();
        for (var at = HeaderLength; at + FrameHeaderLength + PageSize <= log.Length; at += FrameHeaderLength + PageSize)
        {
            var frame = log.Slice(at, FrameHeaderLength);
            sum.Add(frame[..8]);
            sum.Add(log.Slice(at + FrameHeaderLength, PageSize));
            if (!frame[8..16].SequenceEqual(log[16..24]) || !sum.Is(frame[16..24]))
            {
                return;
            }

            uncommitted[BinaryPrimitives.ReadUInt32BigEndian(frame)] = at + FrameHeaderLength;
            if (BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) is var pages and > 0)
            {
                PageCount = pages;
                foreach (var (page, offset) in uncommitted)
                {
                    _pages[page] = offset;
                }

                uncommitted.Clear();
            }
        }
    }

    // Each pair of words moves two running sums (section 4.2).
    private struct Checksum(bool isBigEndian)
    {
        private uint _first;
        private uint _second;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (var at = 0; at + 8 <= bytes.Length; at += 8)
            {
                _first += Word(bytes[at..]) + _second;
                _second += Word(bytes[(at + 4)..]) + _first;
            }
        }

        public readonly bool Is(ReadOnlySpan<byte> expected) =>
            BinaryPrimitives.ReadUInt32BigEndian(expected) == _first && BinaryPrimitives.ReadUInt32BigEndian(expected[4..]) == _second;

        private readonly uint Word(ReadOnlySpan<byte> bytes) =>
            isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
