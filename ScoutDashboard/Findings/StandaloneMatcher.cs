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
        await using var services = new ServiceCollection().AddScoutAdvisories(settings).BuildServiceProvider();
        var (feed, options) = (services.GetRequiredService<IAdvisoryFeed>(), services.GetRequiredService<AdvisoryOptions>());
        var found = new Dictionary<string, IReadOnlyList<Vulnerability>>(StringComparer.Ordinal);
        var unmatched = new List<ScanGap>();
        foreach (var ecosystem in subjects.Where(subject => subject.Ecosystem.Length > 0).GroupBy(subject => new Ecosystem(subject.Ecosystem).Base).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var components = ecosystem.Select(ComponentOf).ToList();
            try
            {
                var lookup = options.Refusal(ecosystem.Key) is { } refusal ? throw new FeedException(refusal) : await ReadAsync(feed, ecosystem.Key, components, cancellationToken);
                foreach (var component in components)
                {
                    found[component.Purl] = [.. ComponentJudge.Judge(component, lookup).Values.OrderByDescending(vulnerability => vulnerability.Severity.Level).ThenBy(vulnerability => vulnerability.Id, StringComparer.Ordinal)];
                }
            }
            catch (FeedException exception)
            {
                unmatched.Add(new ScanGap(ScanGapKind.NoAdvisories, "", DisplayText.Sanitise($"The {components.Count} packages of {ecosystem.Key} were not matched: {exception.Message}", 500)));
            }
        }

        return new StandaloneFindings(found, unmatched);
    }

    private static async Task<AdvisoryLookup> ReadAsync(IAdvisoryFeed feed, string ecosystem, List<Component> components, CancellationToken cancellationToken)
    {
        using var archive = await feed.FetchAsync(ecosystem, tag: null, cancellationToken) ?? throw new FeedException("The source did not send its archive.");
        return await AdvisoryLookup.ReadAsync(ecosystem, archive.Content, components, cancellationToken);
    }

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
