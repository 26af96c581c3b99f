using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace ScoutDashboard.Tests.Support;

/// <summary>The built program, run by one command as a shell does; it has ended.</summary>
public sealed record ShellRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public JsonNode Json => JsonNode.Parse(Output)!;

    public static Task<ShellRun> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments) => RunAsync(folder, environment, "", arguments);

    /// <summary>As the other, with text on its standard input.</summary>
    /// <param name="begun">Gets the process once it runs, to end it before its time.</param>
    public static async Task<ShellRun> RunAsync(string folder, IReadOnlyDictionary<string, string> environment, string input, IEnumerable<string> arguments, Action<Process>? begun = null)
    {
        using var process = Start(folder, environment, arguments);
        begun?.Invoke(process);
        using var limit = new CancellationTokenSource(Limit);
        var texts = Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await FeedAsync(process, input, limit.Token);
        await texts;
        await process.WaitForExitAsync(limit.Token);
        var (output, error) = ((await texts)[0], (await texts)[1]);
        SecretSearch.Check(("a shell's output", Encoding.UTF8.GetBytes(output)), ("a shell's errors", Encoding.UTF8.GetBytes(error)));
        return new ShellRun(process.ExitCode, output, error);
    }

    /// <summary>Stopped while its standard input stays open: ends only by itself.</summary>
    /// <param name="input">What it has read, but for what a pipe holds (64 KiB), before it is stopped.</param>
    /// <param name="told">What it has told on its standard error, too.</param>
    public static async Task<ShellRun> StopAsync(string folder, IReadOnlyDictionary<string, string> environment, string input, string told, params IEnumerable<string> arguments)
    {
        using var process = Start(folder, environment, arguments);
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
        var error = new StringBuilder();
        var buffer = new char[1024];
        while (!error.ToString().Contains(told, StringComparison.Ordinal))
        {
            var read = await process.StandardError.ReadAsync(buffer, limit.Token);
            Assert.True(read > 0, $"It ended by itself: {error}");
            error.Append(buffer, 0, read);
        }

        await TerminateAsync(process);
        error.Append(await process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return new ShellRun(process.ExitCode, await output, error.ToString());
    }

    /// <summary>Stops a process as the keyboard does, but by the signal that it handles also where whoever runs the tests in the background has it ignore the keyboard's.</summary>
    public static async Task TerminateAsync(Process process)
    {
        using var signal = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await signal.WaitForExitAsync();
    }

    private static Process Start(string folder, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [BuildFacts.AppAssembly, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        // Nothing of whoever runs the tests: no settings, no docker login, and nowhere to put a database.
        foreach (var (key, value) in new Dictionary<string, string> { ["DOCKER_CONFIG"] = folder, ["Scout__DataDirectory"] = "/dev/null/none" }.Concat(environment))
        {
            start.Environment[key] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task FeedAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all.
        }
    }
}
