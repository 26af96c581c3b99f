using ScoutDashboard.Advisories;
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

        return new StandaloneFindings(found, unmatched);
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
public sealed record StandaloneFindings(IReadOnlyDictionary<string, IReadOnlyList<Vulnerability>> ByPurl, IReadOnlyList<ScanGap> Unmatched);
