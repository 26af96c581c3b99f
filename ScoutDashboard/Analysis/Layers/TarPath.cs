using System.Text;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// Paths of tar entries: normalised as bytes (no leading slash, no <c>.</c>, <c>..</c> or empty segment), then told as text in which a byte
/// that is not UTF-8 becomes a private character of its own, so that two names never become one.
/// </summary>
internal static class TarPath
{
    private const char FirstInvalid = '\uEF00';

    /// <summary>Writes the normalised path into <paramref name="output"/> (as long as <paramref name="raw"/>) and returns its fate; "" is the root.</summary>
    public static PathFate Normalise(ReadOnlySpan<byte> raw, Span<byte> output, AnalysisLimits limits, out int length)
    {
        length = 0;
        if (raw.IndexOf((byte)0) is var end and >= 0)
        {
            raw = raw[..end];
        }

        raw = raw is [(byte)'.', (byte)'/', ..] ? raw[2..] : raw;
        raw = raw.TrimEnd((byte)'/');
        if (IsNormal(raw))
        {
            raw.CopyTo(output);
            length = raw.Length;
            return Fate(length, raw.Count((byte)'/') + 1, limits);
        }

        var depth = 0;
        while (!raw.IsEmpty)
        {
            var slash = raw.IndexOf((byte)'/');
            var segment = slash < 0 ? raw : raw[..slash];
            raw = slash < 0 ? [] : raw[(slash + 1)..];
            if (segment.IsEmpty || segment.SequenceEqual("."u8))
            {
                continue;
            }

            if (segment.SequenceEqual(".."u8))
            {
                if (depth-- == 0)
                {
                    return PathFate.LeavesRoot;
                }

                length = Math.Max(0, output[..length].LastIndexOf((byte)'/'));
                continue;
            }

            if (length > 0)
            {
                output[length++] = (byte)'/';
            }

            segment.CopyTo(output[length..]);
            length += segment.Length;
            depth++;
        }

        return Fate(length, depth, limits);
    }

    // Nearly every path is: none of its segments is empty or begins with a dot.
    private static bool IsNormal(ReadOnlySpan<byte> path) =>
        path is [not ((byte)'/' or (byte)'.'), ..] && path.IndexOf("/."u8) < 0 && path.IndexOf("//"u8) < 0;

    private static PathFate Fate(int length, int depth, AnalysisLimits limits) =>
        length > limits.PathBytes || depth > limits.PathDepth ? PathFate.OverLimit : PathFate.Good;

    /// <summary>Decodes into <paramref name="output"/>, which is at least as long as <paramref name="bytes"/>.</summary>
    public static ReadOnlySpan<char> Decode(ReadOnlySpan<byte> bytes, Span<char> output)
    {
        var length = 0;
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == System.Buffers.OperationStatus.Done)
            {
                length += rune.EncodeToUtf16(output[length..]);
            }
            else
            {
                foreach (var value in bytes[..consumed])
                {
                    output[length++] = (char)(FirstInvalid + value);
                }
            }

            bytes = bytes[consumed..];
            if (Ascii.ToUtf16(bytes, output[length..], out var plain) is not System.Buffers.OperationStatus.DestinationTooSmall)
            {
                length += plain;
                bytes = bytes[plain..];
            }
        }

        return output[..length];
    }

    public static string Decode(ReadOnlySpan<byte> bytes) => Decode(bytes, new char[bytes.Length]).ToString();
}

/// <summary>What becomes of an entry by its path.</summary>
internal enum PathFate { Good, LeavesRoot, OverLimit }
