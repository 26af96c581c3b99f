using System.CommandLine;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Cli;

/// <summary><c>feeds export DIR</c>: copies what the feeds read into a folder, for a dashboard without internet.</summary>
internal static class FeedsCommand
{
    private static readonly Argument<DirectoryInfo> Folder = new("DIR") { Description = "The folder; made if absent. Run again, it only fetches what changed" };

    private static readonly Option<string[]> Ecosystems = new("--ecosystem", "-e")
    {
        Description = "An ecosystem whose advisories are copied, e.g. Debian or npm; may be given several times. Without it, those that the dashboard's images use", HelpName = "NAME",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <param name="databasePath">Where the dashboard's database would be.</param>
    public static Command Create(Func<IConfiguration, string> databasePath)
    {
        var export = new Command("export", "Copies what the feeds read into a folder. Exit code 0: all of it; 3: some files could not be copied, what was there stays; 1: none.") { Folder, Ecosystems };
        export.SetAction((arguments, cancellationToken) => RunAsync(arguments, databasePath, cancellationToken));
        return new Command("feeds", "Advisories and what else is known of vulnerabilities.") { export };
    }

    private static async Task<int> RunAsync(ParseResult arguments, Func<IConfiguration, string> databasePath, CancellationToken cancellationToken)
    {
        try
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
            await using var services = Services(configuration, databasePath(configuration));
            var feeds = await ChooseAsync(services, arguments.GetValue(Ecosystems) ?? [], databasePath(configuration), cancellationToken);
            var folder = arguments.GetRequiredValue(Folder).FullName;
            Directory.CreateDirectory(Path.Combine(folder, FeedExport.NotesFolder));
            var outcomes = new List<ExportOutcome>();
            await foreach (var file in ActivatorUtilities.CreateInstance<FeedExport>(services).ExportAsync(folder, feeds, cancellationToken))
            {
                outcomes.Add(file.Outcome);
                Console.WriteLine(Line(file));
            }

            int Count(ExportOutcome outcome) => outcomes.Count(o => o == outcome);
            Console.WriteLine($"{outcomes.Count} files: {Count(ExportOutcome.Fetched)} fetched, {Count(ExportOutcome.Unchanged)} unchanged, {Count(ExportOutcome.Absent)} not at the source, {Count(ExportOutcome.Failed)} failed");
            return Count(ExportOutcome.Failed) == 0 ? ExitCode.Good : outcomes.Exists(o => o is ExportOutcome.Fetched or ExportOutcome.Unchanged) ? ExitCode.Gaps : ExitCode.Failed;
        }
        catch (Exception exception) when (exception is FeedException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(DisplayText.Sanitise(exception.Message));
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped. Run again, it goes on from here.");
            return ExitCode.Stopped;
        }
    }

    private static ServiceProvider Services(IConfiguration configuration, string databasePath)
    {
        var options = AdvisoryOptions.Read(configuration);
        // Copying a folder is what cp is for.
        var settings = new ConfigurationBuilder().AddConfiguration(configuration)
            .AddInMemoryCollection(options.Folder is null ? [] : [new("Advisories:Source", AdvisoryOptions.PublicBucket)]).Build();
        return new ServiceCollection().AddSingleton(TimeProvider.System).AddScoutData(databasePath).AddScoutAdvisories(settings).BuildServiceProvider();
    }

    private static async Task<IReadOnlyList<IAdvisoryFeed>> ChooseAsync(ServiceProvider services, string[] ecosystems, string databasePath, CancellationToken cancellationToken)
    {
        var feeds = services.GetServices<IAdvisoryFeed>().ToList();
        if (ecosystems.Length == 0)
        {
            return await NeededAsync(services, feeds, databasePath, cancellationToken);
        }

        var names = feeds.Select(feed => feed.Description.Covers).OfType<string>().Distinct().ToList();
        var unknown = ecosystems.Where(name => !names.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
        return unknown.Count == 0
            ? feeds.FindAll(feed => feed is not IRecordFeed telling || telling.Ecosystems.Any(told => ecosystems.Contains(told, StringComparer.OrdinalIgnoreCase)))
            : throw new FeedException($"There is no feed for {string.Join(", ", unknown)}. There are {string.Join(", ", names)}.");
    }

    private static async Task<IReadOnlyList<IAdvisoryFeed>> NeededAsync(ServiceProvider services, List<IAdvisoryFeed> feeds, string databasePath, CancellationToken cancellationToken)
    {
        var needed = new List<IAdvisoryFeed>();
        try
        {
            if (File.Exists(databasePath))
            {
                await using var db = await services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync(cancellationToken);
                foreach (var feed in feeds)
                {
                    if (await feed.IsNeededAsync(db, cancellationToken))
                    {
                        needed.Add(feed);
                    }
                }
            }
        }
        catch (DbException exception)
        {
            throw new FeedException($"The database {databasePath} can't be read: {exception.Message} Start the dashboard once, or name ecosystems by --ecosystem.", exception);
        }

        return needed.Count > 0 ? needed : throw new FeedException($"{(File.Exists(databasePath) ? "The dashboard here has no images" : $"There is no database {databasePath}")}: name ecosystems by --ecosystem.");
    }

    private static string Line(ExportedFile file)
    {
        var name = DisplayText.Sanitise(file.Name, 200);
        return file.Outcome switch
        {
            ExportOutcome.Fetched => $"{name}: {ByteText.Of(file.Bytes)}",
            ExportOutcome.Unchanged => $"{name}: unchanged, {ByteText.Of(file.Bytes)}",
            ExportOutcome.Absent => $"{name}: not at the source",
            _ => $"{name}: failed. {DisplayText.Sanitise(file.Reason, 500)}",
        };
    }
}
