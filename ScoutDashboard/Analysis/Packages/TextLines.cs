namespace ScoutDashboard.Analysis.Packages;

/// <summary>Walks the lines of a text file without their ends (LF or CRLF); throws <see cref="FormatLimitException"/> for a line over the limit.</summary>
internal ref struct TextLines
{
    private readonly int _maxLength;
    private ReadOnlySpan<byte> _rest;

    public TextLines(ReadOnlySpan<byte> content, int maxLength)
    {
        _rest = content.StartsWith("\uFEFF"u8) ? content[3..] : content;
        _maxLength = maxLength;
    }

    public ReadOnlySpan<byte> Current { get; private set; }

    public bool MoveNext()
    {
        if (!Advance())
        {
            return false;
        }

        return Current.Length <= _maxLength ? Shorten() : throw new FormatLimitException($"A line is longer than {_maxLength} bytes.");
    }

    /// <summary>As <see cref="MoveNext()"/>, but passes over lines that are too long: what lies beside them still tells, and <paramref name="packages"/> counts them.</summary>
    public bool MoveNext(PackageList packages)
    {
        while (Advance())
        {
            if (Current.Length <= _maxLength)
            {
                return Shorten();
            }

            packages.AddLongLine();
        }

        return false;
    }

    private bool Advance()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var end = _rest.IndexOf((byte)'\n');
        Current = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? default : _rest[(end + 1)..];
        return true;
    }

    private bool Shorten()
    {
        Current = Current is [.., (byte)'\r'] ? Current[..^1] : Current;
        return true;
    }
}
