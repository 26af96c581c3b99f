using System.Globalization;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.DotNet;
using ScoutDashboard.Advisories.Exploitation;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>Matches components with advisories straight from their source, without a database: nothing is kept.</summary>
public static class StandaloneMatcher
{
    /// <param name="source">Address or folder laid out as the OSV bucket.</param>
    /// <param name="configuration">Further settings of advisories.</param>
    /// <param name="subjects">What to match.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<StandaloneFindings> MatchAsync(string source, IConfiguration configuration, IReadOnlyCollection<MatchSubject> subjects, CancellationToken cancellationToken)
    {
        await using var services = Services(source, configuration);
        var advisories = await AdvisorySet.ReadAsync(services.GetServices<IAdvisoryFeed>(), subjects, cancellationToken);
        var found = new Dictionary<string, IReadOnlyList<Vulnerability>>(StringComparer.Ordinal);
        var unmatched = advisories.Notes.Select(Gap).ToList();
        foreach (var ecosystem in subjects.Where(subject => subject.Ecosystem.Length > 0).GroupBy(subject => subject.Ecosystem).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var answers = ecosystem.Select(subject => (subject.Purl, Answer: advisories.Match(subject))).ToList();
            foreach (var (purl, answer) in answers.Where(pair => pair.Answer.Found is not null))
            {
                found[purl] = answer.Found!;
            }

            if (answers.Find(pair => pair.Answer.Found is null).Answer is { } refused)
            {
                unmatched.Add(Gap($"The {answers.Count} packages of {ecosystem.Key} were not matched: {refused.Reason}"));
            }
        }

        unmatched.AddRange(await UnsupportedAsync(services, subjects, cancellationToken));
        var (exploits, forecasts) = await ExploitationAsync(services, found.Values.Any(list => list.Count > 0), unmatched, cancellationToken);
        return new StandaloneFindings(found, unmatched) { KnownExploits = exploits, Forecasts = forecasts };
    }

    private static async Task<IEnumerable<ScanGap>> UnsupportedAsync(IServiceProvider services, IReadOnlyCollection<MatchSubject> subjects, CancellationToken cancellationToken)
    {
        var runtimes = subjects.Where(subject => subject.Ecosystem == Ecosystem.NuGet && RuntimePacks.FamilyOf(subject.Name) is not null).ToList();
        if (runtimes.Count == 0)
        {
            return [];
        }

        try
        {
            var ends = await services.GetServices<IAdvisoryFeed>().OfType<DotNetFeed>().Single().ReadSupportEndsAsync(cancellationToken);
            return ends.Select(end => (End: end, Runtimes: runtimes.FindAll(runtime =>
                    runtime.Name.StartsWith(end.NamePrefix, StringComparison.Ordinal) && runtime.Version.StartsWith($"{end.Channel}.", StringComparison.Ordinal))))
                .Where(pair => pair.Runtimes.Count > 0).GroupBy(pair => pair.End.Channel)
                .Select(channel => Gap($"Support of {channel.First().End.Product} {channel.Key} ended{On(channel.First().End)}: no advisory will tell of vulnerabilities found since in "
                    + $"{string.Join(", ", channel.SelectMany(pair => pair.Runtimes).Select(runtime => $"{runtime.Name} {runtime.Version}").Distinct())}."));
        }
        catch (FeedException exception)
        {
            // What covers NuGet may be all there is in a folder or a mirror.
            return exception.IsMissing ? [] : [Gap($"Which .NET is still supported could not be read: {exception.Message}")];
        }

        static string On(SupportEnd end) => end.EndedOn is { } day ? $" on {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "";
    }

    // A folder or a mirror may lack these files: then nothing is said of exploitation, which is no gap in what was matched.
    private static async Task<(IReadOnlyDictionary<string, KnownExploit>? Exploits, IReadOnlyDictionary<string, ExploitForecast>? Forecasts)> ExploitationAsync(
        IServiceProvider services, bool isWanted, List<ScanGap> gaps, CancellationToken cancellationToken)
    {
        var feeds = services.GetServices<IAdvisoryFeed>().ToList();
        return isWanted
            ? (await TryAsync(async () => (await feeds.OfType<KevFeed>().Single().ReadAsync(cancellationToken)).Entries.ToDictionary(entry => entry.Cve, StringComparer.Ordinal)),
                await TryAsync(async () => (await feeds.OfType<EpssFeed>().Single().ReadAsync(cancellationToken)).Entries.ToDictionary(entry => entry.Cve, StringComparer.Ordinal)))
            : (null, null);

        async Task<Dictionary<string, T>?> TryAsync<T>(Func<Task<Dictionary<string, T>>> read)
        {
            try
            {
                return await read();
            }
            catch (FeedException exception)
            {
                if (!exception.IsMissing)
                {
                    gaps.Add(Gap($"What is known of exploitation could not be read: {exception.Message}"));
                }

                return null;
            }
        }
    }

    internal static ServiceProvider Services(string source, IConfiguration configuration) => new ServiceCollection().AddSingleton(TimeProvider.System)
        .AddScoutAdvisories(new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection([new("Advisories:Source", source)]).Build()).BuildServiceProvider();

    private static ScanGap Gap(string text) => new(ScanGapKind.NoAdvisories, "", DisplayText.Sanitise(text, 500));
}

/// <summary>A component as advisories see it.</summary>
/// <param name="Name">What advisories call it; "" where they speak of the package that brought it.</param>
/// <param name="Version">The version that they compare.</param>
/// <param name="StandIn">The shared framework loaded instead, as <see cref="FrameworkStandIn"/> writes it.</param>
/// <param name="Stream">Module and stream of an rpm package.</param>
/// <param name="Binary">The package as installed, where the name may be that of its source; null where it is not told.</param>
public sealed record MatchSubject(string Purl, string Ecosystem, string Name, string Version, string? GroupHint, string? StandIn = null, string? Stream = null, string? Binary = null);

/// <param name="ByPurl">What was found, the worst first; no entry where a component was not matched.</param>
/// <param name="Unmatched">Ecosystems whose advisories could not be had.</param>
public sealed record StandaloneFindings(IReadOnlyDictionary<string, IReadOnlyList<Vulnerability>> ByPurl, IReadOnlyList<ScanGap> Unmatched)
{
    /// <summary>What CISA's catalog lists, by CVE; null where it could not be had.</summary>
    public IReadOnlyDictionary<string, KnownExploit>? KnownExploits { get; init; }

    /// <summary>EPSS scores by CVE; null where they could not be had.</summary>
    public IReadOnlyDictionary<string, ExploitForecast>? Forecasts { get; init; }
}
