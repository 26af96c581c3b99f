using System.Buffers;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Reads a decompressing stream to its end under a limit; the size is what comes, not what the packed bytes claim.</summary>
internal static class Unpacking
{
    /// <param name="unpacked">The stream.</param>
    /// <param name="limit">Most bytes that are read; more throw <see cref="FormatLimitException"/>.</param>
    /// <param name="what">What the stream holds, the begin of a sentence: "The manifest".</param>
    public static byte[] ReadAll(Stream unpacked, int limit, string what)
    {
        var output = new ArrayBufferWriter<byte>();
        while (Read(unpacked, output.GetSpan(32 << 10), what) is var read and > 0)
        {
            output.Advance(read);
            if (output.WrittenCount > limit)
            {
                throw new FormatLimitException($"{what} is larger than {limit} bytes.");
            }
        }

        return output.WrittenSpan.ToArray();
    }

    // zlib's odder complaints (a preset dictionary, for one) come as an I/O error, though nothing but memory is read.
    private static int Read(Stream unpacked, Span<byte> buffer, string what)
    {
        try
        {
            return unpacked.Read(buffer);
        }
        catch (IOException exception)
        {
            throw new InvalidDataException($"{what} can't be unpacked.", exception);
        }
    }
}
