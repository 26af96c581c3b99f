using System.CommandLine;
using System.Runtime.InteropServices;
using ScoutDashboard.Analysis;
using ScoutDashboard.Images;
using ScoutDashboard.Operations;
using ScoutDashboard.Reports.Exports;

namespace ScoutDashboard.Cli;

/// <summary><c>sbom</c>: the bill of materials of this program itself, with licences.</summary>
internal static class SbomCommand
{
    private static readonly Option<string> Format = new("--format", "-f") { Description = "How it is written", HelpName = "cyclonedx|spdx", DefaultValueFactory = _ => "cyclonedx" };
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "Write to this file instead of the terminal", HelpName = "FILE" };

    public static Command Create()
    {
        Format.AcceptOnlyFromAmong("cyclonedx", "spdx");
        var command = new Command("sbom", "Writes the bill of materials of this program itself, and of the .NET that it runs on.") { Format, Output };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            await using var output = OutputFile.Open(arguments.GetValue(Output));
            await (arguments.GetValue(Format) == "spdx" ? SpdxWriter.WriteAsync(Content(), output.Stream, cancellationToken) : CycloneDxWriter.WriteAsync(Content(), output.Stream, cancellationToken));
            await output.KeepAsync(cancellationToken);
            return ExitCode.Good;
        }
        catch (Exception exception) when (exception is AnalysisException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(DisplayText.Sanitise(exception.Message));
            return ExitCode.Failed;
        }
    }

    private static SbomContent Content()
    {
        var inventory = RunningProgram.Read();
        var entries = inventory.Sets.SelectMany(set => set.Components).ToList();
        return new SbomContent(
            SbomSubject.OfProgram("ScoutDashboard", ProgramVersion.Text, RuntimeInformation.RuntimeIdentifier, ThirdPartyNotices.OwnLicense), null, TimeProvider.System.GetUtcNow().UtcDateTime, inventory.Gaps,
            // The program itself is what all of this is of.
            [.. entries.Where(entry => entry.ListedOnly is null).GroupBy(entry => entry.Purl).OrderBy(same => same.Key, StringComparer.Ordinal).Select(same => Component(inventory.Components[same.Key], same))]);
    }

    private static SbomComponent Component(ComponentIdentity identity, IEnumerable<InventoryEntry> places) => new(
        identity.Purl, identity.Name, identity.Version, [.. places.Select(place => new SbomPlace(place.Path, null, null))], License: ThirdPartyNotices.LicenseOf(identity.Name, identity.Version));
}
