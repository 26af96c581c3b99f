using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>Matches components with advisories straight from their source, without a database: nothing is kept.</summary>
public sealed class StandaloneMatcher(IAdvisoryFeed feed, AdvisoryOptions options)
{
    /// <param name="source">Address or folder laid out as the OSV bucket.</param>
    /// <param name="configuration">Further settings of advisories.</param>
    public static StandaloneMatcher Create(string source, IConfiguration configuration)
    {
        var settings = new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection([new("Advisories:Source", source)]).Build();
        var services = new ServiceCollection().AddScoutAdvisories(settings).BuildServiceProvider();
        return new StandaloneMatcher(services.GetRequiredService<IAdvisoryFeed>(), services.GetRequiredService<AdvisoryOptions>());
    }

    public async Task<StandaloneFindings> MatchAsync(IReadOnlyCollection<MatchSubject> subjects, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, IReadOnlyList<Vulnerability>>(StringComparer.Ordinal);
        var unmatched = new List<ScanGap>();
        foreach (var ecosystem in subjects.Where(subject => subject.Ecosystem.Length > 0).GroupBy(subject => new Ecosystem(subject.Ecosystem).Base).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var components = ecosystem.Select(ComponentOf).ToList();
            try
            {
                var lookup = options.Refusal(ecosystem.Key) is { } refusal ? throw new FeedException(refusal) : await ReadAsync(ecosystem.Key, components, cancellationToken);
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

    private async Task<AdvisoryLookup> ReadAsync(string ecosystem, List<Component> components, CancellationToken cancellationToken)
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
