namespace ScoutDashboard.Analysis.Packages;

/// <summary>Walks the lines of a text file without their ends (LF or CRLF); throws <see cref="InvalidDataException"/> for a line over 1 MiB.</summary>
internal ref struct TextLines
{
    private const int MaxLength = 1 << 20;
    private ReadOnlySpan<byte> _rest;

    public TextLines(ReadOnlySpan<byte> content) => _rest = content.StartsWith("\uFEFF"u8) ? content[3..] : content;

    public ReadOnlySpan<byte> Current { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var end = _rest.IndexOf((byte)'\n');
        Current = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? default : _rest[(end + 1)..];
        if (Current.Length > MaxLength)
        {
            throw new InvalidDataException("A line is longer than 1 MiB.");
        }

        Current = Current is [.., (byte)'\r'] ? Current[..^1] : Current;
        return true;
    }
}
