using System.Runtime.CompilerServices;
using System.Text;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories;

/// <summary>Reads the lines of a text that nobody vouches for.</summary>
/// <param name="text">Read once, forward.</param>
/// <param name="maxBytes">Longest that the text may be.</param>
public sealed class BoundedLines(Stream text, long maxBytes)
{
    private const int MaxLine = 1000;

    /// <summary>Bytes that were read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Each line without its end (LF or CRLF), as UTF-8; null in place of one that is longer than 1,000 bytes.</summary>
    /// <exception cref="FeedException">The text is longer than it may be.</exception>
    public async IAsyncEnumerable<string?> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var line = new byte[MaxLine];
        int read, length = 0;
        while ((read = await text.ReadAsync(buffer, cancellationToken)) > 0)
        {
            Count += read;
            if (Count > maxBytes)
            {
                throw new FeedException($"The file is longer than {ByteText.Of(maxBytes)}.");
            }

            for (var at = 0; at < read; at++)
            {
                if (buffer[at] == '\n')
                {
                    yield return Line(line, length);
                    length = 0;
                }
                else
                {
                    if (length < MaxLine)
                    {
                        line[length] = buffer[at];
                    }

                    length = Math.Min(length + 1, MaxLine + 1);
                }
            }
        }

        if (length > 0)
        {
            yield return Line(line, length);
        }
    }

    private static string? Line(byte[] line, int length) =>
        length > MaxLine ? null : Encoding.UTF8.GetString(line, 0, length > 0 && line[length - 1] == '\r' ? length - 1 : length);
}
