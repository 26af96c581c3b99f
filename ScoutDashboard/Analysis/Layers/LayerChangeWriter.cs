using System.Buffers;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>Writes a layer's changes, each path only as far as it differs from the one before: no text is made of the many paths nobody asks for.</summary>
internal sealed class LayerChangeWriter(AnalysisLimits limits)
{
    private const int LongestNumber = 5;
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private byte[] _previous = new byte[256];
    private int _previousLength;

    public void Add(ChangeKind kind, ReadOnlySpan<byte> path, int detections = 0, ReadOnlySpan<byte> target = default)
    {
        var common = path.CommonPrefixLength(_previous.AsSpan(0, _previousLength));
        var span = _output.GetSpan((5 * LongestNumber) + path.Length + target.Length);
        var length = 0;
        Number(span, ref length, (uint)kind);
        Number(span, ref length, (uint)detections);
        Number(span, ref length, (uint)common);
        Text(span, ref length, path[common..]);
        if (kind is ChangeKind.Symlink or ChangeKind.HardLink)
        {
            Text(span, ref length, target);
        }

        _output.Advance(length);
        Remember(path, common);
        if (_output.WrittenCount > limits.ChangeBytes)
        {
            throw new LayerException(LayerError.Limit, $"The paths of the layer need more than {limits.ChangeBytes} bytes.");
        }
    }

    public ReadOnlyMemory<byte> ToMemory() => _output.WrittenSpan.ToArray();

    private void Remember(ReadOnlySpan<byte> path, int common)
    {
        if (path.Length > _previous.Length)
        {
            Array.Resize(ref _previous, path.Length * 2);
        }

        path[common..].CopyTo(_previous.AsSpan(common));
        _previousLength = path.Length;
    }

    private static void Text(Span<byte> output, ref int at, ReadOnlySpan<byte> text)
    {
        Number(output, ref at, (uint)text.Length);
        text.CopyTo(output[at..]);
        at += text.Length;
    }

    // LEB128, seven bits a byte, lowest first.
    private static void Number(Span<byte> output, ref int at, uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            output[at++] = (byte)(value | 0x80);
        }

        output[at++] = (byte)value;
    }
}
