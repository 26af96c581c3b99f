namespace ScoutDashboard.Analysis.Packages.Rpm;

/// <summary>Reads a row's columns in their order, as bytes (sqlite.org/fileformat2.html, section 2.1); throws <see cref="InvalidDataException"/>.</summary>
internal ref struct SqliteRecord
{
    private ReadOnlySpan<byte> _types;
    private ReadOnlySpan<byte> _values;

    public SqliteRecord(ReadOnlySpan<byte> payload)
    {
        var rest = payload;
        var length = Varint(ref rest);
        var used = payload.Length - rest.Length;
        if (length < used || length > payload.Length)
        {
            throw new InvalidDataException("A row of the database is damaged.");
        }

        _types = payload[used..(int)length];
        _values = payload[(int)length..];
    }

    public ReadOnlySpan<byte> Next()
    {
        var type = Varint(ref _types);
        var length = type switch
        {
            0 or 8 or 9 => 0,
            >= 1 and <= 4 => type,
            5 => 6,
            6 or 7 => 8,
            >= 12 => (type - 12) / 2,
            _ => -1,
        };
        if (length < 0 || length > _values.Length)
        {
            throw new InvalidDataException("A row of the database is damaged.");
        }

        var value = _values[..(int)length];
        _values = _values[(int)length..];
        return value;
    }

    /// <summary>A number of one to nine bytes, the highest seven bits first.</summary>
    public static long Varint(ref ReadOnlySpan<byte> input)
    {
        long value = 0;
        for (var at = 0; at < 9 && at < input.Length; at++)
        {
            var isLast = at == 8;
            value = isLast ? (value << 8) | input[at] : (value << 7) | (uint)(input[at] & 0x7f);
            if (isLast || input[at] < 0x80)
            {
                input = input[(at + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("A number in the database is cut off.");
    }
}
