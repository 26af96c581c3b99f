using System.CommandLine;
using ScoutDashboard.Advisories.Versions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Cli;

/// <summary><c>versions SCHEME</c>: reads pairs of versions from standard input and tells the order of each.</summary>
internal static class VersionsCommand
{
    private static readonly Argument<string?> Scheme = new("SCHEME")
    {
        Description = "A scheme, e.g. dpkg, or an ecosystem, e.g. Debian or Debian:12; --list tells them", Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> List = new("--list", "-l") { Description = "Print the schemes, each with the ecosystems that it orders" };

    public static Command Create()
    {
        var command = new Command("versions", "Reads lines of two versions, A and B, and prints <, = or > for each; ? where they can't be compared. Exit code 2: some line did not hold two versions.") { Scheme, List };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(List) && VersionSchemes.Named(result.GetValue(Scheme) ?? "") is null)
            {
                result.AddError(result.GetValue(Scheme) is { } name
                    ? $"{DisplayText.Sanitise(name, 100)} is no scheme or ecosystem whose versions can be compared. There are: {string.Join(", ", VersionSchemes.All.Select(scheme => scheme.Name))}."
                    : "Name a scheme or an ecosystem; versions --list tells them.");
            }
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(List))
        {
            foreach (var known in VersionSchemes.All)
            {
                Console.Out.Write($"{known.Name}\t{string.Join(", ", VersionSchemes.EcosystemsOf(known))}\n");
            }

            return ExitCode.Good;
        }

        var scheme = VersionSchemes.Named(arguments.GetRequiredValue(Scheme)!)!;
        return await LineAnswers.RunAsync(line => Answer(scheme, line), cancellationToken);
    }

    private static (string? Answer, string? Error) Answer(IVersionScheme scheme, string line) => line.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries) is [var left, var right]
        ? (scheme.Compare(left, right) switch { null => "?", < 0 => "<", 0 => "=", _ => ">" }, null)
        : (null, "not two versions parted by a space");
}
