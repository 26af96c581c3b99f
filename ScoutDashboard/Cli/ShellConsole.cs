namespace ScoutDashboard.Cli;

/// <summary>What a verb reads and writes: results go to the output, all else to the errors.</summary>
public sealed record ShellConsole(TextReader Input, TextWriter Output, TextWriter Error)
{
    /// <summary>The process' own.</summary>
    // Console.In holds whoever reads until there is a line, also where they ask asynchronously: nobody could be stopped.
    public static ShellConsole Own => new(new StreamReader(Console.OpenStandardInput(), Console.InputEncoding), Console.Out, Console.Error);
}
