namespace ScoutDashboard.Analysis.Layers;

/// <summary>Reads what <see cref="LayerChangeWriter"/> wrote; throws <see cref="InvalidDataException"/> for anything else.</summary>
internal ref struct LayerChangeReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _input = input;
    private byte[] _bytes = new byte[256];
    private char[] _chars = new char[256];
    private int _length;

    public ChangeKind Kind { get; private set; }

    /// <summary>How many of the layer's detections, from the first not yet taken, belong to this path.</summary>
    public int Detections { get; private set; }

    /// <summary>The path as text, valid until the next change.</summary>
    public ReadOnlySpan<char> Path { get; private set; }

    /// <summary>A link's target as text, else "".</summary>
    public string Target { get; private set; } = "";

    public bool Next()
    {
        if (_input.IsEmpty)
        {
            return false;
        }

        Kind = Number() is var kind and <= (int)ChangeKind.Opaque ? (ChangeKind)kind : throw Broken();
        Detections = Number();
        var common = Number();
        var suffix = Text();
        if (common > _length)
        {
            throw Broken();
        }

        _length = common + suffix.Length;
        if (_length > _bytes.Length)
        {
            Array.Resize(ref _bytes, _length * 2);
            _chars = new char[_length * 2];
        }

        suffix.CopyTo(_bytes.AsSpan(common));
        Path = TarPath.Decode(_bytes.AsSpan(0, _length), _chars);
        Target = Kind is ChangeKind.Symlink or ChangeKind.HardLink ? TarPath.Decode(Text()) : "";
        return true;
    }

    private ReadOnlySpan<byte> Text()
    {
        var length = Number();
        if (length > _input.Length)
        {
            throw Broken();
        }

        var text = _input[..length];
        _input = _input[length..];
        return text;
    }

    private int Number()
    {
        var value = 0;
        for (var shift = 0; shift < 31 && !_input.IsEmpty; shift += 7)
        {
            var part = _input[0];
            _input = _input[1..];
            value |= (part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value >= 0 ? value : throw Broken();
            }
        }

        throw Broken();
    }

    private static InvalidDataException Broken() => new("The changes of a stored layer scan are damaged.");
}
