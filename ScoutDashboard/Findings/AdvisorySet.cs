using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>The advisories that name some packages, read once for all of them; tells what they say of each, or why they say nothing.</summary>
public sealed class AdvisorySet
{
    private readonly Dictionary<string, AdvisoryLookup> _lookups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _refusals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];

    private AdvisorySet()
    {
    }

    /// <summary>What could not be read besides whole ecosystems; one sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Whether the source failed for some ecosystem: not that it has none or is not to be asked, but that it could not be read.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Reads them from a source laid out as the OSV bucket, whole, and keeps what is about these packages.</summary>
    /// <param name="source">Address or folder.</param>
    /// <param name="configuration">Further settings of advisories.</param>
    /// <param name="subjects">All that will be asked for.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<AdvisorySet> ReadSourceAsync(string source, IConfiguration configuration, IReadOnlyCollection<MatchSubject> subjects, CancellationToken cancellationToken)
    {
        await using var services = StandaloneMatcher.Services(source, configuration);
        return await ReadAsync(services.GetServices<IAdvisoryFeed>(), subjects, cancellationToken);
    }

    /// <summary>Reads them from the dashboard's database.</summary>
    public static async Task<AdvisorySet> ReadDatabaseAsync(ScoutDb db, IReadOnlyCollection<MatchSubject> subjects, CancellationToken cancellationToken)
    {
        var set = new AdvisorySet();
        await using var snapshot = await db.SnapshotAsync(cancellationToken);
        var loaded = await db.Feeds.Where(feed => feed.LastSuccessAt != null && feed.Covers != null).Select(feed => feed.Covers!).ToListAsync(cancellationToken);
        foreach (var ecosystem in Groups(subjects))
        {
            if (!loaded.Contains(ecosystem.Key))
            {
                set._refusals[ecosystem.Key] = $"The advisories of {DisplayText.Sanitise(ecosystem.Key, 100)} were never loaded into this dashboard.";
                continue;
            }

            set._known.UnionWith(await db.AffectedPackages.Where(package => package.EcosystemBase == ecosystem.Key).Select(package => package.Ecosystem).Distinct().ToListAsync(cancellationToken));
            var components = ecosystem.Where(set.IsCovered).Select(subject => subject with { Ecosystem = set.IsNamed(subject) ? subject.Ecosystem : ecosystem.Key }).Select(ComponentOf).ToList();
            set._lookups[ecosystem.Key] = await AdvisoryLookup.ReadAsync(db, components, cancellationToken);
        }

        return set;
    }

    internal static async Task<AdvisorySet> ReadAsync(IEnumerable<IAdvisoryFeed> feeds, IReadOnlyCollection<MatchSubject> subjects, CancellationToken cancellationToken)
    {
        var set = new AdvisorySet();
        var telling = feeds.OfType<IRecordFeed>().ToList();
        foreach (var ecosystem in Groups(subjects))
        {
            var components = ecosystem.Select(ComponentOf).ToList();
            var lookup = new AdvisoryLookup();
            // What covers the ecosystem comes first; what only adds to it may be missing.
            foreach (var feed in telling.Where(feed => feed.Ecosystems.Contains(ecosystem.Key)).OrderByDescending(feed => feed.Description.Covers == ecosystem.Key))
            {
                try
                {
                    await lookup.AddAsync(ecosystem.Key, Items(feed, cancellationToken), components, cancellationToken);
                    if (feed.Description.Covers == ecosystem.Key)
                    {
                        set._lookups[ecosystem.Key] = lookup;
                    }
                }
                catch (FeedException exception) when (feed.Description.Covers == ecosystem.Key)
                {
                    set._refusals[ecosystem.Key] = DisplayText.Sanitise(exception.Message, 500);
                    set.IsBroken |= !exception.IsMissing && feed.Description.Refusal is null;
                    break;
                }
                catch (FeedException exception) when (exception.IsMissing)
                {
                    // A folder or a mirror may have the archives only.
                }
                catch (FeedException exception)
                {
                    set._notes.Add($"The {components.Count} packages of {ecosystem.Key} were not matched with {feed.Description.Title}: {exception.Message}");
                }
            }

            if (set._refusals.ContainsKey(ecosystem.Key))
            {
                set._lookups.Remove(ecosystem.Key);
            }

            set._known.UnionWith(lookup.Ecosystems);
            if (lookup.Unread > 0)
            {
                set._notes.Add($"{lookup.Unread} of the records on {ecosystem.Key} could not be read; whether they are about a package here is not known.");
            }
        }

        return set;
    }

    /// <summary>Says what is known of a package; only of those that the set was read for.</summary>
    public MatchAnswer Match(MatchSubject subject)
    {
        var general = new Ecosystem(subject.Ecosystem).Base;
        if (_refusals.GetValueOrDefault(general) is { } refusal)
        {
            return new MatchAnswer(null, refusal);
        }

        if (!_lookups.TryGetValue(general, out var lookup))
        {
            return new MatchAnswer(null, $"No feed tells of {DisplayText.Sanitise(general, 100)}.");
        }

        return IsCovered(subject)
            ? new MatchAnswer([.. ComponentJudge.Judge(ComponentOf(subject), lookup).Values.OrderByDescending(found => found.Severity.Level).ThenBy(found => found.Id, StringComparer.Ordinal)], null)
            : new MatchAnswer(null, $"No advisory is about {DisplayText.Sanitise(subject.Ecosystem, 100)}.");
    }

    // A release that no advisory ever named is not known to be free of vulnerabilities.
    private bool IsCovered(MatchSubject subject) => IsNamed(subject) || _known.Contains(new Ecosystem(subject.Ecosystem).Base);

    private bool IsNamed(MatchSubject subject) => new Ecosystem(subject.Ecosystem).RecordNames.Any(_known.Contains);

    private static IEnumerable<IGrouping<string, MatchSubject>> Groups(IEnumerable<MatchSubject> subjects) => subjects.Where(subject => subject.Ecosystem.Length > 0)
        .GroupBy(subject => new Ecosystem(subject.Ecosystem).Base).OrderBy(group => group.Key, StringComparer.Ordinal);

    private static IAsyncEnumerable<AdvisoryItem> Items(IRecordFeed feed, CancellationToken cancellationToken) =>
        feed.Description.Refusal is { } refusal ? throw new FeedException(refusal) : feed.ReadAllAsync(cancellationToken);

    private static Component ComponentOf(MatchSubject subject) => new()
    {
        Purl = subject.Purl, Type = "", Ecosystem = subject.Ecosystem, EcosystemBase = new Ecosystem(subject.Ecosystem).Base, Name = subject.Binary ?? "", Version = subject.Version,
        AdvisoryName = subject.Name, AdvisoryVersion = subject.Version, GroupHint = subject.GroupHint, StandIn = subject.StandIn, Stream = subject.Stream,
    };
}

/// <param name="Found">The worst first; null where the package was not matched.</param>
/// <param name="Reason">Why not, one sentence.</param>
public sealed record MatchAnswer(IReadOnlyList<Vulnerability>? Found, string? Reason);
