using System.ComponentModel;
using System.Diagnostics;

namespace ScoutDashboard.Tests.Support;

/// <summary>Runs the programs of this machine that tests need; says which one is missing.</summary>
internal static class Tool
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException($"These tests need {program}: apt-get install docker-registry skopeo.", exception);
        }
    }

    /// <summary>Runs a program to its end; its arguments are in no message, since they hold passwords.</summary>
    public static Task RunAsync(string program, IEnumerable<string> arguments) => ReadAsync(program, arguments);

    /// <summary>As <see cref="RunAsync"/>; gives what it wrote to its standard output.</summary>
    public static async Task<string> ReadAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = await Task.WhenAll(process.StandardError.ReadToEndAsync(limit.Token), process.StandardOutput.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{program} failed ({process.ExitCode}): {string.Concat(output)}");
            }

            return output[1];
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end in {Limit}.");
        }
    }
}
