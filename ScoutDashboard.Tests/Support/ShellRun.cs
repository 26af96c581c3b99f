using System.Diagnostics;
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
        var assembly = BuildFacts.AppAssembly;
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        // Nothing of whoever runs the tests: no settings, no docker login, and nowhere to put a database.
        foreach (var (key, value) in new Dictionary<string, string> { ["DOCKER_CONFIG"] = folder, ["Scout__DataDirectory"] = "/dev/null/none" }.Concat(environment))
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        begun?.Invoke(process);
        using var limit = new CancellationTokenSource(Limit);
        var texts = Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await FeedAsync(process, input, limit.Token);
        await texts;
        await process.WaitForExitAsync(limit.Token);
        return new ShellRun(process.ExitCode, (await texts)[0], (await texts)[1]);
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
