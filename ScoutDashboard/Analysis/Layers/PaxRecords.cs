using System.Buffers.Text;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>What the extended headers of an entry say about it (POSIX.1-2001 pax, GNU sparse formats 0.x and 1.0).</summary>
internal sealed class PaxRecords
{
    public byte[]? Path { get; private set; }
    public byte[]? LinkPath { get; private set; }
    public long? Size { get; private set; }
    public bool Sparse { get; private set; }

    /// <summary>Reads records <c>length key=value\n</c>; a later one wins, an empty value takes an earlier one back.</summary>
    public void Read(ReadOnlySpan<byte> body, AnalysisLimits limits)
    {
        while (!body.IsEmpty)
        {
            if (!Utf8Parser.TryParse(body, out int length, out var digits) || length > body.Length || length < digits + 3
                || body[digits] != ' ' || body[length - 1] != '\n')
            {
                throw new InvalidDataException("A pax extended header is malformed.");
            }

            if (length > limits.PaxRecordBytes)
            {
                throw new LayerException(LayerError.Limit, $"A pax record of the layer is larger than {limits.PaxRecordBytes} bytes.");
            }

            var record = body[(digits + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals < 1)
            {
                throw new InvalidDataException("A pax extended header is malformed.");
            }

            Apply(record[..equals], record[(equals + 1)..]);
            body = body[length..];
        }
    }

    private void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("path"u8) || key.SequenceEqual("GNU.sparse.name"u8))
        {
            Path = Text(value);
        }
        else if (key.SequenceEqual("linkpath"u8))
        {
            LinkPath = Text(value);
        }
        else if (key.SequenceEqual("size"u8))
        {
            Size = value.IsEmpty ? null
                : Utf8Parser.TryParse(value, out long size, out var used) && used == value.Length && size >= 0 ? size
                : throw new InvalidDataException("A pax extended header has a malformed size.");
        }

        Sparse |= key.StartsWith("GNU.sparse."u8);
    }

    private static byte[]? Text(ReadOnlySpan<byte> value) => value.IsEmpty ? null
        : value.Contains((byte)0) ? throw new InvalidDataException("A name in a pax extended header has a NUL.") : value.ToArray();
}
