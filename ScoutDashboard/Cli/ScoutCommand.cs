using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using ScoutDashboard.Operations;

namespace ScoutDashboard.Cli;

/// <summary>The command line: verbs that work without the dashboard. Without a verb the dashboard starts.</summary>
public static class ScoutCommand
{
    private static readonly string[] Questions = ["--help", "-h", "-?", "--version"];

    // Who is stopped brings to its end what can't be left half done: Azure makes the password that it was asked for, and nobody would end it. The others have the library's two seconds.
    private static readonly InvocationConfiguration OfAzure = new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) };

    // They read no settings, so that none can be wrong.
    private static readonly string[] Plain = ["versions", "cvss", "sbom"];

    /// <summary>Whether these arguments are a verb or a question; settings of the dashboard begin with a dash or a slash, or are <c>key=value</c>.</summary>
    public static bool Owns(IReadOnlyList<string> arguments) => arguments is [var first, ..]
        && (Questions.Contains(first) || !(first.StartsWith('-') || first.StartsWith('/') || first.Contains('=')));

    /// <summary>Runs the verb; returns the process' exit code, see <see cref="ExitCode"/>.</summary>
    /// <param name="arguments">The verb and what belongs to it.</param>
    /// <param name="databasePath">Where the dashboard's database would be, whether or not it exists.</param>
    /// <param name="check">Throws <see cref="StartupException"/> for settings that can't be right.</param>
    /// <param name="services">The dashboard's services for verbs that do what its pages do.</param>
    /// <param name="console">What such verbs read and write.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, Func<IConfiguration, string> databasePath, Action<IConfiguration> check, Func<IConfiguration, IServiceProvider> services, ShellConsole console)
    {
        var root = new RootCommand("Shows what is inside container images and what is known about it. Without a command, the dashboard starts.")
        {
            AnalyzeCommand.Create(), CvesCommand.Create(databasePath), MatchCommand.Create(databasePath), VersionsCommand.Create(), CvssCommand.Create(), FeedsCommand.Create(databasePath), BackupCommand.CreateBackup(), BackupCommand.CreateRestore(), SbomCommand.Create(), HealthCommand.Create(), MembersCommand.Create(databasePath), AzureCommand.Create(databasePath, services, console),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction error)
        {
            // What is wrong, not a page of help or guesses around it.
            (error.ShowHelp, error.ShowTypoCorrections) = (false, false);
        }

        // Of a verb's own action only: help and errors of usage are told whatever the settings are.
        if (parsed.Action is not null && parsed.Action == parsed.CommandResult.Command.Action && !Plain.Contains(parsed.CommandResult.Command.Name))
        {
            try
            {
                check(VerbConfiguration.Read());
            }
            catch (StartupException exception)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                return ExitCode.Failed;
            }
        }

        return await parsed.InvokeAsync(parsed.CommandResult.Parent is CommandResult { Command.Name: AzureCommand.Name } ? OfAzure : null, CancellationToken.None);
    }
}
