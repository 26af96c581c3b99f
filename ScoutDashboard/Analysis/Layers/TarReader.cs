using System.Buffers;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// Reads a tar stream once, forward, in one pooled buffer; sees what Go's archive/tar (and so containerd) sees. Throws
/// <see cref="InvalidDataException"/> for what is no tar and <see cref="LayerException"/> for what is over a limit.
/// </summary>
internal sealed class TarReader(Stream stream, AnalysisLimits limits, RatioGuard guard) : IDisposable
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(128 << 10);
    private int _start;
    private int _end;
    private long _body;
    private long _padding;
    private PaxRecords? _pax;
    private byte[]? _longName;
    private byte[]? _longLink;
    private bool _sparseMapContinues;
    private readonly byte[] _name = new byte[256];

    public TarEntryKind Kind { get; private set; }

    /// <summary>The entry's name as written, valid until the next entry.</summary>
    public ReadOnlyMemory<byte> Name { get; private set; }
    public ReadOnlyMemory<byte> LinkName { get; private set; }
    public long Size { get; private set; }

    /// <summary>Whether the body is a packed sparse file, which is not read.</summary>
    public bool IsSparse { get; private set; }

    /// <summary>Whether the two zero blocks that end an archive were there.</summary>
    public bool SawEndMarker { get; private set; }

    /// <summary>Goes to the next entry; at the end reads the stream to its own end and returns false.</summary>
    public ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        (_pax, _longName, _longLink) = (null, null, null);
        return IsNextAtHand() ? new ValueTask<bool>(true) : ReadNextAsync(cancellationToken);
    }

    // Of most entries the header lies in the buffer and is all there is.
    private bool IsNextAtHand()
    {
        var skipped = _body + _padding;
        if (_end - _start < skipped + TarHeader.Length || TarHeader.TypeOf(_buffer.AsSpan(_start + (int)skipped)) is not ((byte)'0' or (byte)'5'))
        {
            return false;
        }

        _start += (int)skipped;
        BecomeEntry(ReadHeader());
        return true;
    }

    private async ValueTask<bool> ReadNextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await SkipAsync(_body + _padding, cancellationToken);
            (_body, _padding) = (0, 0);
            if (!await HasBlockAsync(cancellationToken))
            {
                return false;
            }

            if (IsZero())
            {
                await EndAsync(cancellationToken);
                return false;
            }

            var type = ReadHeader();
            switch (type)
            {
                case (byte)'x':
                    (_pax ??= new PaxRecords()).Read(await ExtensionAsync(limits.PaxBytes, cancellationToken), limits);
                    break;
                case (byte)'g':
                    // archive/tar tells global headers but does not apply them.
                    break;
                case (byte)'L':
                    _longName = TrimNul(await ExtensionAsync(limits.PathBytes, cancellationToken));
                    break;
                case (byte)'K':
                    _longLink = TrimNul(await ExtensionAsync(limits.PathBytes, cancellationToken));
                    break;
                default:
                    BecomeEntry(type);
                    if (_sparseMapContinues)
                    {
                        await SkipSparseMapAsync(cancellationToken);
                    }

                    return true;
            }
        }
    }

    /// <summary>Reads from the entry's body; 0 at its end.</summary>
    public ValueTask<int> ReadBodyAsync(Memory<byte> destination, CancellationToken cancellationToken) =>
        _body == 0 || destination.IsEmpty ? new ValueTask<int>(0)
        : _start < _end ? new ValueTask<int>(TakeBody(destination.Span))
        : FillAndTakeBodyAsync(destination, cancellationToken);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private byte ReadHeader()
    {
        var header = new TarHeader(_buffer.AsSpan(_start, TarHeader.Length));
        Size = _body = header.Size;
        _padding = Padding(_body);
        IsSparse = header.Type == 'S';
        Name = Join(header);
        LinkName = header.Type is (byte)'1' or (byte)'2' ? header.LinkName.ToArray() : default;
        _sparseMapContinues = IsSparse && header.SparseMapContinues;
        _start += TarHeader.Length;
        return header.Type;
    }

    private ReadOnlyMemory<byte> Join(TarHeader header)
    {
        var prefix = header.Prefix;
        var length = 0;
        if (!prefix.IsEmpty)
        {
            prefix.CopyTo(_name);
            _name[prefix.Length] = (byte)'/';
            length = prefix.Length + 1;
        }

        header.Name.CopyTo(_name.AsSpan(length));
        return _name.AsMemory(0, length + header.Name.Length);
    }

    private void BecomeEntry(byte type)
    {
        Name = _pax?.Path ?? _longName ?? Name;
        LinkName = _pax?.LinkPath ?? _longLink ?? LinkName;
        IsSparse |= _pax?.Sparse == true;
        Size = _pax?.Size ?? Size;
        Kind = type switch
        {
            (byte)'0' or (byte)'7' or (byte)'S' => TarEntryKind.File,
            0 => Name.Span.EndsWith("/"u8) ? TarEntryKind.Directory : TarEntryKind.File,
            (byte)'1' => TarEntryKind.HardLink,
            (byte)'2' => TarEntryKind.Symlink,
            (byte)'5' => TarEntryKind.Directory,
            _ => TarEntryKind.Other,
        };

        // Links, folders, devices and pipes have no body, whatever their size field says.
        if (type is >= (byte)'1' and <= (byte)'6')
        {
            Size = 0;
        }

        if (Size > limits.UncompressedBytes)
        {
            throw new LayerException(LayerError.Limit, $"A file of the layer is larger than the {limits.UncompressedBytes} bytes that an image may unpack to.");
        }

        (_body, _padding) = (Size, Padding(Size));
    }

    private async ValueTask SkipSparseMapAsync(CancellationToken cancellationToken)
    {
        while (_sparseMapContinues)
        {
            if (!await HasBlockAsync(cancellationToken))
            {
                throw new InvalidDataException("The tar stream ends inside a sparse map.");
            }

            _sparseMapContinues = _buffer[_start + 504] != 0;
            _start += TarHeader.Length;
        }
    }

    private async ValueTask<byte[]> ExtensionAsync(int limit, CancellationToken cancellationToken)
    {
        if (_body > limit)
        {
            throw new LayerException(LayerError.Limit, $"An extended header of the layer is larger than {limit} bytes.");
        }

        var content = new byte[(int)_body];
        for (var filled = 0; filled < content.Length;)
        {
            filled += await ReadBodyAsync(content.AsMemory(filled), cancellationToken);
        }

        return content;
    }

    private async ValueTask EndAsync(CancellationToken cancellationToken)
    {
        _start += TarHeader.Length;
        if (await HasBlockAsync(cancellationToken))
        {
            SawEndMarker = IsZero() ? true : throw new InvalidDataException("A zero block stands inside the tar stream.");
        }

        do
        {
            _start = _end;
        }
        while (await FillAsync(cancellationToken));
    }

    private bool IsZero() => !_buffer.AsSpan(_start, TarHeader.Length).ContainsAnyExcept((byte)0);

    // Most entries lie in the buffer whole: these three are asynchronous only where it runs out.
    private ValueTask<bool> HasBlockAsync(CancellationToken cancellationToken) =>
        _end - _start >= TarHeader.Length ? new ValueTask<bool>(true) : FillBlockAsync(cancellationToken);

    private ValueTask SkipAsync(long count, CancellationToken cancellationToken)
    {
        if (count > _end - _start)
        {
            return FillAndSkipAsync(count, cancellationToken);
        }

        _start += (int)count;
        return ValueTask.CompletedTask;
    }

    private async ValueTask<int> FillAndTakeBodyAsync(Memory<byte> destination, CancellationToken cancellationToken) =>
        await FillAsync(cancellationToken) ? TakeBody(destination.Span) : throw new InvalidDataException("The tar stream ends inside a file.");

    /// <summary>What of the entry's body is at hand without reading, up to the destination's length.</summary>
    public int TakeBody(Span<byte> destination)
    {
        var count = (int)Math.Min(Math.Min(destination.Length, _end - _start), _body);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        _body -= count;
        return count;
    }

    private async ValueTask<bool> FillBlockAsync(CancellationToken cancellationToken)
    {
        while (_end - _start < TarHeader.Length)
        {
            if (!await FillAsync(cancellationToken))
            {
                return _end == _start ? false : throw new InvalidDataException("The tar stream ends inside a block.");
            }
        }

        return true;
    }

    private async ValueTask FillAndSkipAsync(long count, CancellationToken cancellationToken)
    {
        while (count > _end - _start)
        {
            count -= _end - _start;
            _start = _end;
            if (!await FillAsync(cancellationToken))
            {
                throw new InvalidDataException("The tar stream ends inside a file.");
            }
        }

        _start += (int)count;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += count;
        guard.Add(count);
        return count > 0;
    }

    private static long Padding(long size) => -size & (TarHeader.Length - 1);

    private static byte[] TrimNul(byte[] text) => text.AsSpan().IndexOf((byte)0) is var end and >= 0 ? text[..end] : text;
}

/// <summary>What an entry is; <see cref="Other"/> is a device, pipe or unknown type.</summary>
internal enum TarEntryKind { File, Directory, Symlink, HardLink, Other }
