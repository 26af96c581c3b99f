using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;

namespace ScoutDashboard.Cli;

/// <summary><c>match</c>: reads components from standard input and tells the vulnerabilities of each, by the dashboard's own matching.</summary>
internal static class MatchCommand
{
    private const int MaxLines = 1_000_000;
    private const long MaxCharacters = 256L << 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private static readonly Option<string?> Advisories = new("--advisories")
    {
        Description = "Read advisories from here, a folder or an https address laid out as the OSV bucket, instead of the dashboard's database", HelpName = "DIR|URL",
    };

    /// <param name="databaseFile">Where the dashboard keeps its database by its configuration.</param>
    public static Command Create(Func<IConfiguration, string> databaseFile)
    {
        var command = new Command("match", "Reads components, one JSON object a line: ecosystem, name, version and, if any, source, sourceVersion; or purl. Prints one JSON object for each. Exit code 2: some line was none; 1: the advisories could not be read.") { Advisories };
        command.SetAction((arguments, cancellationToken) => RunAsync(arguments.GetValue(Advisories), databaseFile, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string? source, Func<IConfiguration, string> databaseFile, CancellationToken cancellationToken)
    {
        try
        {
            var requests = await ReadAsync(cancellationToken);
            var subjects = requests.Select(request => request.Subject).OfType<MatchSubject>().ToHashSet();
            if (source is not null && !source.Contains("://", StringComparison.Ordinal) && !Directory.Exists(source))
            {
                throw new InvalidDataException($"There is no folder {source}.");
            }

            var configuration = VerbConfiguration.Read();
            var advisories = source is null ? await ReadDatabaseAsync(databaseFile(configuration), subjects, cancellationToken)
                : await AdvisorySet.ReadSourceAsync(source, configuration, subjects, cancellationToken);
            foreach (var note in advisories.Notes)
            {
                await Console.Error.WriteLineAsync(DisplayText.Sanitise(note));
            }

            await WriteAsync(requests, advisories, cancellationToken);
            if (advisories.IsBroken)
            {
                await Console.Error.WriteLineAsync("Some advisories could not be read; which, the lines say that are not matched.");
                return ExitCode.Failed;
            }

            return requests.TrueForAll(request => request.Error is null) ? ExitCode.Good : ExitCode.BadInput;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or SqliteException)
        {
            await Console.Error.WriteLineAsync(DisplayText.Sanitise(exception.Message));
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return ExitCode.Stopped;
        }
    }

    // All of them first: then each archive is read once.
    private static async Task<List<MatchRequest>> ReadAsync(CancellationToken cancellationToken)
    {
        var requests = new List<MatchRequest>();
        long characters = 0;
        await foreach (var line in InputLines.ReadAsync(Console.OpenStandardInput(), cancellationToken))
        {
            characters += line.Text?.Length ?? 0;
            if (requests.Count == MaxLines || characters > MaxCharacters)
            {
                throw new InvalidDataException($"The input has more than {MaxLines} lines or {MaxCharacters >> 20} million characters. Match it in parts.");
            }

            requests.Add(MatchRequest.Read(line));
        }

        return requests;
    }

    private static async Task<AdvisorySet> ReadDatabaseAsync(string path, IReadOnlyCollection<MatchSubject> subjects, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"There is no database {path}. Start the dashboard, set Scout__DataDirectory to its data folder, or give --advisories DIR|URL.");
        }

        await using var db = DataServices.OpenToRead(path);
        return await DataServices.IsCurrentAsync(db, cancellationToken) ? await AdvisorySet.ReadDatabaseAsync(db, subjects, cancellationToken)
            : throw new InvalidDataException($"The database {path} is of another version. Start this version's dashboard with it once.");
    }

    private static async Task WriteAsync(List<MatchRequest> requests, AdvisorySet advisories, CancellationToken cancellationToken)
    {
        await using var output = new BufferedStream(Console.OpenStandardOutput(), 64 << 10);
        foreach (var request in requests)
        {
            cancellationToken.ThrowIfCancellationRequested();
            JsonSerializer.Serialize(output, Describe(request, advisories), Json);
            output.WriteByte((byte)'\n');
        }

        await output.FlushAsync(cancellationToken);
    }

    private static object Describe(MatchRequest request, AdvisorySet advisories)
    {
        if (request.Error is not null)
        {
            return new { request.Line, request.Error };
        }

        var answer = request.Subject is null ? new MatchAnswer(null, request.Unmatched) : advisories.Match(request.Subject);
        // No list where nothing was asked: that is not the same as an empty one.
        if (answer.Found is null)
        {
            return new { request.Line, request.Ecosystem, request.Name, request.Version, request.Purl, Matched = false, answer.Reason };
        }

        return new
        {
            request.Line, request.Ecosystem, request.Name, request.Version, request.Purl, Matched = true,
            // Who reads one list only must not take "nobody can say" for "no".
            Ids = IdsOf(answer.Found), UndecidedIds = IdsOf(answer.Found.Where(found => found.Verdict == Verdict.Undecided)).Except(IdsOf(answer.Found.Where(found => found.Verdict == Verdict.Affected)), StringComparer.Ordinal),
            Vulnerabilities = answer.Found.Select(found => new
            {
                found.Id, found.OtherCves, Advisories = found.AdvisoryIds, found.Verdict, found.Reason,
                Severity = new { found.Severity.Level, found.Severity.Score, found.Severity.Vector, found.Severity.Source, Distribution = found.DistributionRating },
                found.FixedVersion, found.FixState,
            }),
            Sources = Credits.Described(Credits.Of(answer.Found)),
        };
    }

    private static List<string> IdsOf(IEnumerable<Vulnerability> found) => [.. found.SelectMany(one => one.AdvisoryIds).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
