using System.CommandLine;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Reports.Exports;

namespace ScoutDashboard.Cli;

/// <summary><c>cves IMAGE</c>: the findings of an image that the dashboard analysed, with the exceptions that apply, as its pages show them.</summary>
internal static class CvesCommand
{
    private const string DefaultPlatform = "linux/amd64";
    private static readonly Argument<string> Image = new("IMAGE") { Description = "REGISTRY/REPOSITORY[:TAG|@DIGEST], as the dashboard knows it" };
    private static readonly Option<string> Format = new("--format") { Description = "How the result is written", HelpName = "packages|json|sarif", DefaultValueFactory = _ => "packages" };
    private static readonly Option<string?> WantedPlatform = new("--platform") { Description = $"Which image of a multi-platform one; {DefaultPlatform} or the only one if not given", HelpName = "os/arch[/variant]" };
    private static readonly Option<bool> IgnoreSuppressed = new("--ignore-suppressed") { Description = "Leave out what an exception covers" };
    private static readonly Option<bool> FailOnFindings = new("--exit-code", "-e") { Description = "Exit code 2 if there is a vulnerability that no exception covers" };
    private static readonly Option<string?> Output = new("--output", "-o") { Description = "Write to this file instead of the terminal", HelpName = "FILE" };

    /// <param name="databasePath">Where the dashboard's database would be.</param>
    public static Command Create(Func<IConfiguration, string> databasePath)
    {
        Format.AcceptOnlyFromAmong("packages", "json", "sarif");
        var command = new Command("cves", "Tells the vulnerabilities of an image that the dashboard analysed, and which exceptions cover. Exit code 0: it was told; 2: with --exit-code, some are not covered; 1: no result.")
        {
            Image, Format, WantedPlatform, IgnoreSuppressed, FailOnFindings, Output,
        };
        command.SetAction((arguments, cancellationToken) => VerbDatabase.UseAsync(databasePath, Console.Error, (db, configuration) => RunAsync(db, new OneDatabase(databasePath(configuration)), arguments, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ScoutDb db, OneDatabase databases, ParseResult arguments, CancellationToken cancellationToken)
    {
        if (!ImageLocation.TryParse(arguments.GetRequiredValue(Image), out var location, out var error) || location is not { Kind: ImageLocationKind.Registry })
        {
            return await FailAsync(error ?? "Name the image as REGISTRY/REPOSITORY[:TAG|@DIGEST].");
        }

        var query = ImageQuery.TryParse(location.Place, location.Repository, location.Tag is null && location.Reference is not null ? location.Reference : null, location.Reference is null ? "latest" : location.Tag, out error);
        if (query is null)
        {
            return await FailAsync(error!);
        }

        foreach (var organizationId in await db.Organizations.Select(o => o.Id).ToListAsync(cancellationToken))
        {
            if (await new ImageFinder(databases).FindAsync(organizationId, query, cancellationToken) is { } found)
            {
                return await TellAsync(databases, organizationId, found, arguments, cancellationToken);
            }
        }

        return await FailAsync($"The dashboard has no image {arguments.GetRequiredValue(Image)}.");
    }

    private static async Task<int> TellAsync(OneDatabase databases, int organizationId, FoundImage found, ParseResult arguments, CancellationToken cancellationToken)
    {
        var platform = arguments.GetValue(WantedPlatform);
        var one = found.Kind != ImageKind.Index ? found : platform is null && found.Platforms.Count == 1 ? found.Platforms[0] : found.Platforms.FirstOrDefault(image => image.Platform == (platform ?? DefaultPlatform));
        var image = one is null ? null : await new ImageReport(databases, TimeProvider.System).FindAsync(organizationId, one.Id, cancellationToken);
        if (image?.Image.Counts is null)
        {
            return await FailAsync(one is null ? $"It has no image of {platform ?? DefaultPlatform}: {string.Join(", ", found.Platforms.Select(p => p.Platform))}." : "It was not compared with advisories yet; what is not known is not clean.");
        }

        try
        {
            return await WriteAsync(databases, organizationId, image, arguments, cancellationToken);
        }
        catch (AnalysisException exception)
        {
            return await FailAsync(exception.Message);
        }
    }

    private static async Task<int> WriteAsync(OneDatabase databases, int organizationId, ImageView image, ParseResult arguments, CancellationToken cancellationToken)
    {
        var filter = new FindingFilter { Accepted = arguments.GetValue(IgnoreSuppressed) ? false : null };
        var isOpen = false;
        await using var output = OutputFile.Open(arguments.GetValue(Output));
        await (arguments.GetValue(Format) switch { "json" => FindingsExport.Json.WriteAsync, "sarif" => FindingsExport.Sarif.WriteAsync, _ => (Func<ImageView, IAsyncEnumerable<FindingRow>, Stream, CancellationToken, Task>)FindingsText.WriteAsync })(
            image, FindingsExport.ReadAsync(new FindingsReport(databases, TimeProvider.System), organizationId, image.Image.Id, filter, cancellationToken).Select(Look), output.Stream, cancellationToken);
        await output.KeepAsync(cancellationToken);
        return isOpen && arguments.GetValue(FailOnFindings) ? ExitCode.Found : ExitCode.Good;

        FindingRow Look(FindingRow row)
        {
            isOpen |= row.Verdict == Verdict.Affected && row.Exceptions.Applied is null;
            return row;
        }
    }

    private static Task<int> FailAsync(string reason) => VerbDatabase.FailAsync(Console.Error, DisplayText.Sanitise(reason));

    // The verb reads by the reports of the pages.
    private sealed class OneDatabase(string path) : IDbContextFactory<ScoutDb>
    {
        public ScoutDb CreateDbContext() => DataServices.OpenToRead(path);
    }
}
