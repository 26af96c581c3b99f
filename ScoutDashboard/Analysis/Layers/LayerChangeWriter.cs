using System.Buffers;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>Writes a layer's changes, each path only as far as it differs from the one before: no text is made of the many paths nobody asks for.</summary>
internal sealed class LayerChangeWriter(AnalysisLimits limits)
{
    private readonly ArrayBufferWriter<byte> _output = new(4096);
    private readonly ArrayBufferWriter<byte> _previous = new(256);

    public void Add(ChangeKind kind, ReadOnlySpan<byte> path, int detections = 0, ReadOnlySpan<byte> target = default)
    {
        var common = path.CommonPrefixLength(_previous.WrittenSpan);
        Number((uint)kind);
        Number((uint)detections);
        Number((uint)common);
        Text(path[common..]);
        if (kind is ChangeKind.Symlink or ChangeKind.HardLink)
        {
            Text(target);
        }

        _previous.ResetWrittenCount();
        _previous.Write(path);
        if (_output.WrittenCount > limits.ChangeBytes)
        {
            throw new LayerException(LayerError.Limit, $"The paths of the layer need more than {limits.ChangeBytes} bytes.");
        }
    }

    public ReadOnlyMemory<byte> ToMemory() => _output.WrittenSpan.ToArray();

    private void Text(ReadOnlySpan<byte> text)
    {
        Number((uint)text.Length);
        _output.Write(text);
    }

    // LEB128, seven bits a byte, lowest first.
    private void Number(uint value)
    {
        var span = _output.GetSpan(5);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[length++] = (byte)(value | 0x80);
        }

        span[length++] = (byte)value;
        _output.Advance(length);
    }
}
