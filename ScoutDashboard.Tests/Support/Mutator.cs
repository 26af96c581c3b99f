using System.Buffers.Binary;

namespace ScoutDashboard.Tests.Support;

/// <summary>Damages bytes as fuzzers do: cuts, flips, numbers at the edge of their types, parts repeated, left out or moved. The same seed damages the same.</summary>
internal sealed class Mutator(int seed)
{
    private const string Structure = "\n\r\t\"{}[]:,=\\/ \0@<>#";
    private static readonly ulong[] Edges = [0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, ulong.MaxValue];
    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    public byte[] Damage(byte[] whole)
    {
        var bytes = (byte[])whole.Clone();
        for (var changes = _random.Next(1, 5); changes > 0 && bytes.Length > 0; changes--)
        {
            bytes = Change(bytes);
        }

        return bytes;
    }

    private byte[] Change(byte[] bytes)
    {
        // Headers and directories lie at both ends of most formats.
        var at = _random.Next(4) switch
        {
            0 => _random.Next(Math.Min(bytes.Length, 128)),
            1 => bytes.Length - 1 - _random.Next(Math.Min(bytes.Length, 128)),
            _ => _random.Next(bytes.Length),
        };
        switch (_random.Next(10))
        {
            case 0:
                return bytes[..at];
            case 1:
                var length = _random.Next(Math.Min(bytes.Length - at, 64) + 1);
                return [.. bytes[..at], .. bytes[(at + length)..]];
            case 2:
                var part = bytes.AsSpan(at, _random.Next(Math.Min(bytes.Length - at, 256) + 1)).ToArray();
                return [.. bytes[..at], .. part, .. bytes[at..]];
            case 3:
                var from = _random.Next(bytes.Length);
                bytes.AsSpan(from, Math.Min(_random.Next(1, 64), bytes.Length - Math.Max(from, at))).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 4 or 5:
                WriteEdge(bytes.AsSpan(at));
                return bytes;
            case 6:
                bytes[at] = (byte)Structure[_random.Next(Structure.Length)];
                return bytes;
            case 7:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                return bytes;
            default:
                bytes[at] = (byte)_random.Next(256);
                return bytes;
        }
    }

    private void WriteEdge(Span<byte> place)
    {
        Span<byte> number = stackalloc byte[8];
        var width = 1 << _random.Next(4);
        var edge = Edges[_random.Next(Edges.Length)];
        if (_random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(number, edge);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(number, edge);
            number = number[(8 - width)..];
        }

        number[..Math.Min(width, place.Length)].CopyTo(place);
    }
}
