namespace ScoutDashboard.Cli;

/// <summary>What a verb reads and writes: results go to the output, all else to the errors.</summary>
public sealed record ShellConsole(TextReader Input, TextWriter Output, TextWriter Error)
{
    /// <summary>The process' own.</summary>
    public static ShellConsole Own => new(Console.In, Console.Out, Console.Error);
}
