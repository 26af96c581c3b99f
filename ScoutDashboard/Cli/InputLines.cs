using System.Runtime.CompilerServices;
using System.Text;

namespace ScoutDashboard.Cli;

/// <summary>Reads lines of standard input; what is too long for one is told as such and never held whole.</summary>
internal static class InputLines
{
    /// <summary>Longest line, in characters.</summary>
    public const int MaxLength = 64 * 1024;

    public static async IAsyncEnumerable<InputLine> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(input, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024, leaveOpen: true);
        var buffer = new char[64 * 1024];
        var line = new StringBuilder();
        var (number, isTooLong, isOpen) = (1, false, false);
        // Nothing ends a read of a terminal or an open pipe: it is left to itself, with the buffer.
        while (await reader.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken) is var read and > 0)
        {
            for (var start = 0; start < read;)
            {
                var end = Array.IndexOf(buffer, '\n', start, read - start);
                var length = (end < 0 ? read : end) - start;
                isTooLong |= line.Length + length > MaxLength;
                line.Append(buffer, start, isTooLong ? 0 : length);
                isOpen = end < 0;
                start += length + 1;
                if (!isOpen)
                {
                    yield return Line(line, number++, isTooLong);
                    isTooLong = false;
                }
            }
        }

        if (isOpen)
        {
            yield return Line(line, number, isTooLong);
        }
    }

    private static InputLine Line(StringBuilder line, int number, bool isTooLong)
    {
        var text = line.ToString().TrimEnd('\r');
        line.Clear();
        return new InputLine(number, isTooLong ? null : text);
    }
}

/// <param name="Number">From 1.</param>
/// <param name="Text">Without its end; null where the line is too long.</param>
internal readonly record struct InputLine(int Number, string? Text);
