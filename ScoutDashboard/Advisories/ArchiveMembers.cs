using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ScoutDashboard.Archives;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>
/// The members of a zip, as one stream of gzip members (RFC 1952): one inflater goes through hundreds of thousands of small files without a new one for each, and
/// checks of each the length and the checksum that the zip promises. Members that are too large or in another form are told, but not in the stream. Each must be one deflate stream from its
/// first byte to its last; behind all of them comes <see cref="Seal"/>, which an inflater does not reach that something ended before.
/// </summary>
internal sealed class ArchiveMembers : Stream
{
    private const int MaxMembers = 3_000_000;
    private const int MaxDirectory = 1 << 30;
    private const int MaxNameLength = 1000;
    private const int Deflate = 8;

    /// <summary>The last byte that the stream unpacks to.</summary>
    public const byte Seal = 0x5e;

    // No name, no time, no system.
    private static readonly byte[] GzipHeader = [0x1f, 0x8b, Deflate, 0, 0, 0, 0, 0, 0, 255];

    // How a member of gzip begins.
    private static readonly byte[] GzipStart = [0x1f, 0x8b, Deflate];

    private static readonly byte[] Sealed = Gzip([Seal]);

    private readonly Stream _archive;
    private readonly long _length;
    private readonly byte[] _directory;
    private readonly ZipEnd _end;
    private readonly byte[] _local = new byte[ZipEntry.LocalHeaderLength];
    private readonly Queue<ArchiveMember> _loaded = new();
    private readonly Queue<ReadOnlyMemory<byte>> _pieces = new();
    private ReadOnlyMemory<byte> _piece;
    private int _at;
    private int _count;
    private bool _isSealed;

    /// <param name="archive">Can be sought in; stays open.</param>
    /// <exception cref="InvalidDataException">It is no whole zip.</exception>
    /// <exception cref="FeedException">It is too large.</exception>
    public ArchiveMembers(Stream archive)
    {
        _archive = archive;
        // Asked once: of a file it is a call of the system.
        _length = archive.Length;
        var start = Math.Max(0, _length - ZipEnd.MaxLength);
        _end = ZipEnd.Read(Load(start, (int)(_length - start)), start);
        if (_end.Size > MaxDirectory)
        {
            throw new FeedException($"The archive's directory has {_end.Size} bytes; at most {MaxDirectory} are read.");
        }

        _directory = Load(_end.At - _end.Size, (int)_end.Size);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Whether there is any member.</summary>
    public bool IsEmpty => _directory.Length == 0;

    /// <summary>The next member in the order of the directory; null behind the last. Its bytes are the next of the stream, if it is readable.</summary>
    public ArchiveMember? Next() => _loaded.TryDequeue(out var member) || (LoadNext() && _loaded.TryDequeue(out member)) ? member : null;

    public override int Read(Span<byte> buffer)
    {
        while (_piece.IsEmpty)
        {
            if (!_pieces.TryDequeue(out _piece) && !LoadNext() && _pieces.Count == 0)
            {
                return 0;
            }
        }

        var read = Math.Min(buffer.Length, _piece.Length);
        _piece.Span[..read].CopyTo(buffer);
        _piece = _piece[read..];
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool LoadNext()
    {
        if (_at == _directory.Length)
        {
            _end.CheckCount(_count);
            if (!_isSealed)
            {
                _pieces.Enqueue(Sealed);
                _isSealed = true;
            }

            return false;
        }

        if (++_count > MaxMembers)
        {
            throw new FeedException($"The archive has more than {MaxMembers} records.");
        }

        ReadOnlySpan<byte> rest = _directory.AsSpan(_at);
        var entry = ZipEntry.Take(ref rest);
        _at = _directory.Length - rest.Length;
        var name = Encoding.UTF8.GetString(entry.Name[..Math.Min(entry.Name.Length, MaxNameLength)]);
        var isReadable = entry is { IsEncrypted: false, Method: Deflate or 0 } && entry.Size <= AdvisoryDocument.MaxBytes && entry.CompressedSize <= AdvisoryDocument.MaxBytes
            && (entry.Method == Deflate || entry.Size == entry.CompressedSize);
        if (!isReadable)
        {
            _loaded.Enqueue(new ArchiveMember(name, (int)Math.Min(entry.Size, int.MaxValue), null));
            return true;
        }

        var data = LoadData(entry.Header + _end.Prefix, (int)entry.CompressedSize);
        _loaded.Enqueue(new ArchiveMember(name, (int)entry.Size, data) { IsStored = entry.Method == 0 });
        if (entry.Method == Deflate)
        {
            var trailer = new byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer, entry.Checksum);
            BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(4), (uint)entry.Size);
            // What looks like the start of another one may be chance; also where it lies across the end of the data, in a checksum or a length that was chosen for it.
            if ((data.AsSpan().IndexOf(GzipStart) >= 0 || ((ReadOnlySpan<byte>)[.. data.AsSpan(Math.Max(0, data.Length - 2)), .. trailer]).IndexOf(GzipStart) >= 0)
                && !IsOneStream(data, entry.Size))
            {
                throw new InvalidDataException("A member of the zip holds more than its data.");
            }

            _pieces.Enqueue(GzipHeader);
            _pieces.Enqueue(data);
            _pieces.Enqueue(trailer);
        }

        return true;
    }

    private static bool IsOneStream(byte[] data, long size)
    {
        using var compressed = new SingleBytes(data);
        using var inflated = new DeflateStream(compressed, CompressionMode.Decompress);
        var buffer = new byte[16 * 1024];
        long length = 0;
        int read;
        while (length <= size && (read = inflated.Read(buffer)) > 0)
        {
            length += read;
        }

        return length == size && compressed.Position == data.Length;
    }

    private static byte[] Gzip(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return bytes.ToArray();
    }

    private byte[] LoadData(long header, int length)
    {
        Fill(header, _local);
        var (_, nameLength, extraLength) = ZipEntry.LocalHeader(_local);
        return Load(header + ZipEntry.LocalHeaderLength + nameLength + extraLength, length);
    }

    private byte[] Load(long from, int length)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        Fill(from, bytes);
        return bytes;
    }

    private void Fill(long from, byte[] bytes)
    {
        if (from < 0 || from > _length)
        {
            throw new InvalidDataException("What the zip's directory names is not in it.");
        }

        if (_archive.Position != from)
        {
            _archive.Position = from;
        }

        if (_archive.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException("The zip is cut: what its directory names is not in it.");
        }
    }
}

/// <summary>A file of an archive.</summary>
/// <param name="Name">Its path, as written.</param>
/// <param name="Size">Bytes, as the archive promises.</param>
/// <param name="Data">Its bytes as they lie in the archive, deflated; null where it is too large, or in a form that is not read.</param>
internal sealed record ArchiveMember(string Name, int Size, byte[]? Data)
{
    /// <summary>Whether its bytes are as they are, not deflated.</summary>
    public bool IsStored { get; init; }
}

/// <summary>Gives one byte at a time, so that whoever reads it stands behind the last that it needed.</summary>
internal sealed class SingleBytes(byte[] bytes) : MemoryStream(bytes, writable: false)
{
    public override bool CanSeek => false;

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(1, count));
}
