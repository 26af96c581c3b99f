using ScoutDashboard.Advisories;
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
        var settings = new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection([new("Advisories:Source", source)]).Build();
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddScoutAdvisories(settings).BuildServiceProvider();
        var feeds = services.GetServices<IAdvisoryFeed>().OfType<IRecordFeed>().ToList();
        var found = new Dictionary<string, IReadOnlyList<Vulnerability>>(StringComparer.Ordinal);
        var unmatched = new List<ScanGap>();
        foreach (var ecosystem in subjects.Where(subject => subject.Ecosystem.Length > 0).GroupBy(subject => new Ecosystem(subject.Ecosystem).Base).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var components = ecosystem.Select(ComponentOf).ToList();
            var speaking = feeds.FindAll(feed => feed.Ecosystems.Contains(ecosystem.Key));
            try
            {
                var lookup = new AdvisoryLookup();
                foreach (var feed in speaking.FindAll(feed => feed.Description.Covers == ecosystem.Key) is { Count: > 0 } covering ? covering : throw new FeedException($"No feed tells of {ecosystem.Key}."))
                {
                    await lookup.AddAsync(ecosystem.Key, ReadAsync(feed, cancellationToken), components, cancellationToken);
                }

                foreach (var feed in speaking.Where(feed => feed.Description.Covers != ecosystem.Key))
                {
                    await AddAsync(lookup, ecosystem.Key, feed, components, unmatched, cancellationToken);
                }

                foreach (var component in components)
                {
                    found[component.Purl] = [.. ComponentJudge.Judge(component, lookup).Values.OrderByDescending(vulnerability => vulnerability.Severity.Level).ThenBy(vulnerability => vulnerability.Id, StringComparer.Ordinal)];
                }
            }
            catch (FeedException exception)
            {
                unmatched.Add(Gap($"The {components.Count} packages of {ecosystem.Key} were not matched: {exception.Message}"));
            }
        }

        var (exploits, forecasts) = await ExploitationAsync(services, found.Values.Any(list => list.Count > 0), unmatched, cancellationToken);
        return new StandaloneFindings(found, unmatched) { KnownExploits = exploits, Forecasts = forecasts };
    }

    // A folder may lack these files: then nothing is said of exploitation, which is no gap in what was matched.
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

    // What only adds to other feeds may be missing: what those tell is still true.
    private static async Task AddAsync(AdvisoryLookup lookup, string ecosystem, IRecordFeed feed, List<Component> components, List<ScanGap> gaps, CancellationToken cancellationToken)
    {
        try
        {
            await lookup.AddAsync(ecosystem, ReadAsync(feed, cancellationToken), components, cancellationToken);
        }
        catch (FeedException exception)
        {
            gaps.Add(Gap($"The {components.Count} packages of {ecosystem} were not matched with {feed.Description.Title}: {exception.Message}"));
        }
    }

    private static IAsyncEnumerable<AdvisoryItem> ReadAsync(IRecordFeed feed, CancellationToken cancellationToken) =>
        feed.Description.Refusal is { } refusal ? throw new FeedException(refusal) : feed.ReadAllAsync(cancellationToken);

    private static ScanGap Gap(string text) => new(ScanGapKind.NoAdvisories, "", DisplayText.Sanitise(text, 500));

    private static Component ComponentOf(MatchSubject subject) => new()
    {
        Purl = subject.Purl, Type = "", Ecosystem = subject.Ecosystem, EcosystemBase = new Ecosystem(subject.Ecosystem).Base, Name = subject.Name, Version = subject.Version,
        AdvisoryName = subject.Name, AdvisoryVersion = subject.Version, GroupHint = subject.GroupHint,
    };
}

/// <summary>A component as advisories see it.</summary>
/// <param name="Name">What advisories call it; "" where they speak of the package that brought it.</param>
/// <param name="Version">The version that they compare.</param>
public sealed record MatchSubject(string Purl, string Ecosystem, string Name, string Version, string? GroupHint);

/// <param name="ByPurl">What was found, the worst first; no entry where a component was not matched.</param>
/// <param name="Unmatched">Ecosystems whose advisories could not be had.</param>
public sealed record StandaloneFindings(IReadOnlyDictionary<string, IReadOnlyList<Vulnerability>> ByPurl, IReadOnlyList<ScanGap> Unmatched)
{
    /// <summary>What CISA's catalog lists, by CVE; null where it could not be had.</summary>
    public IReadOnlyDictionary<string, KnownExploit>? KnownExploits { get; init; }

    /// <summary>EPSS scores by CVE; null where they could not be had.</summary>
    public IReadOnlyDictionary<string, ExploitForecast>? Forecasts { get; init; }
}
