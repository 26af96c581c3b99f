using System.Text;

namespace ScoutDashboard.Cli;

/// <summary>Answers each line of standard input by one line of standard output, as it comes; what is wrong with a line goes to standard error.</summary>
internal static class LineAnswers
{
    private const string NoAnswer = "?";

    /// <param name="answer">Of one line: what to print, or null and what is wrong with it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> RunAsync(Func<string, (string? Answer, string? Error)> answer, CancellationToken cancellationToken)
    {
        var bad = 0;
        try
        {
            await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 64 * 1024) { AutoFlush = !Console.IsInputRedirected };
            await foreach (var line in InputLines.ReadAsync(Console.OpenStandardInput(), cancellationToken))
            {
                var (text, error) = line.Text is null ? (null, $"longer than {InputLines.MaxLength} characters") : answer(line.Text);
                await output.WriteAsync($"{text ?? NoAnswer}\n".AsMemory(), cancellationToken);
                if (text is null)
                {
                    bad++;
                    await Console.Error.WriteLineAsync($"Line {line.Number}: {error}");
                }
            }

            return bad == 0 ? ExitCode.Good : ExitCode.BadInput;
        }
        catch (IOException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return ExitCode.Stopped;
        }
    }
}
