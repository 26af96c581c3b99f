using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>The advisories that name some components' packages, each read once, and parsed when it is asked for. Not for several threads at once.</summary>
internal sealed class AdvisoryLookup
{
    // Records of distributions that name hundreds of packages are kept parsed for the next of them. All others are parsed again where they name a second one: what
    // lives for a whole batch is gone through by each garbage collection of it, which takes longer.
    private const int KeptFrom = 2048;

    private readonly Dictionary<string, OsvRecord?> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<(string EcosystemBase, string Name), List<string>> _ids = [];
    private readonly HashSet<string> _ecosystems = new(StringComparer.Ordinal);
    private ((string EcosystemBase, string Name) Package, IReadOnlyList<OsvRecord> Records, IReadOnlyList<string> Unreadable)? _last;
    private ILookup<string, string> _artifacts = Array.Empty<string>().ToLookup(name => name);

    public static async Task<AdvisoryLookup> ReadAsync(ScoutDb db, IReadOnlyCollection<Component> components, CancellationToken cancellationToken)
    {
        var lookup = new AdvisoryLookup();
        if (components.Any(IsWithoutGroup))
        {
            lookup._artifacts = await ArtifactsAsync(db, cancellationToken);
        }

        using var stored = new StoredAdvisories(db);
        foreach (var ecosystem in components.Where(c => c.Ecosystem.Length > 0).GroupBy(c => c.EcosystemBase))
        {
            // The release and "every release": the rest can't match.
            var releases = ecosystem.Select(c => c.Ecosystem).Distinct().SelectMany(name => new Ecosystem(name).RecordNames).Append(ecosystem.Key).Distinct().ToList();
            foreach (var name in ecosystem.SelectMany(lookup.NamesOf).Distinct(StringComparer.Ordinal))
            {
                cancellationToken.ThrowIfCancellationRequested();
                lookup.Add(stored, ecosystem.Key, releases, name);
            }
        }

        return lookup;
    }

    /// <summary>Every ecosystem, with its release, that a record of the sources names, whatever package it is about.</summary>
    public IReadOnlySet<string> Ecosystems => _ecosystems;

    /// <summary>Records of the sources that could not be read: what they are about, nobody knows.</summary>
    public int Unread { get; private set; }

    /// <summary>Adds what names these components of the records of one source.</summary>
    /// <param name="ecosystem">The base ecosystem of all of them.</param>
    /// <param name="items">The records.</param>
    /// <param name="components">All that will be asked for.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task AddAsync(string ecosystem, IAsyncEnumerable<AdvisoryItem> items, IReadOnlyCollection<Component> components, CancellationToken cancellationToken)
    {
        var wanted = components.Select(c => IsWithoutGroup(c) ? c.AdvisoryName : AdvisoryNames.Normalise(ecosystem, c.AdvisoryName)).ToHashSet(StringComparer.Ordinal);
        var artifacts = _artifacts.SelectMany(group => group.Select(name => (Asked: group.Key, Name: name))).ToHashSet();
        await foreach (var (_, _, record) in items.WithCancellation(cancellationToken))
        {
            if (record is null)
            {
                Unread++;
                continue;
            }

            var kept = new List<OsvAffected>();
            foreach (var package in record.Affected.Where(package => new Ecosystem(package.Ecosystem).Base == ecosystem))
            {
                _ecosystems.Add(package.Ecosystem);
                var name = AdvisoryNames.Normalise(ecosystem, package.Name);
                var meant = record.Withdrawn is not null ? [] : AdvisoryNames.MayMean(ecosystem, name).Where(wanted.Contains).ToList();
                if (meant.Count > 0)
                {
                    kept.Add(package);
                    artifacts.UnionWith(meant.Select(asked => (asked, name)));
                    _ids.TryAdd((ecosystem, name), []);
                    _ids[(ecosystem, name)].Add(record.Id);
                }
            }

            if (kept.Count > 0)
            {
                // Only what matching looks at: distributions' records name hundreds of packages.
                _records[record.Id] = record with { Affected = kept, Summary = "" };
            }
        }

        _artifacts = artifacts.ToLookup(pair => pair.Asked, pair => pair.Name, StringComparer.Ordinal);
        _last = null;
    }

    /// <summary>
    /// The names that advisories may have for a component's package, its own first: one, but for a Maven artifact without group those of every group that any
    /// advisory names, and for a .NET runtime those of all platforms.
    /// </summary>
    public IEnumerable<string> NamesOf(Component component) =>
        IsWithoutGroup(component) ? _artifacts[component.AdvisoryName] : AdvisoryNames.Under(component.EcosystemBase, component.AdvisoryName);

    /// <summary>The advisories on any of <see cref="NamesOf"/>, and the ids of those whose stored text can't be read.</summary>
    public (IReadOnlyList<OsvRecord> Records, IReadOnlyList<string> Unreadable) For(Component component)
    {
        // Versions of one package stand together.
        var package = (component.EcosystemBase, component.AdvisoryName);
        if (_last is not { } last || last.Package != package)
        {
            var records = new List<OsvRecord>();
            var unreadable = new List<string>();
            foreach (var id in NamesOf(component).SelectMany(name => _ids.GetValueOrDefault((component.EcosystemBase, name), [])).Distinct())
            {
                if (TryRead(id, out var record))
                {
                    records.Add(record);
                }
                else if (_stored.ContainsKey(id))
                {
                    unreadable.Add(id);
                }
            }

            last = (package, records, unreadable);
            _last = last;
        }

        return (last.Records, last.Unreadable);
    }

    private void Add(StoredAdvisories stored, string ecosystemBase, IReadOnlyList<string> releases, string name)
    {
        var ids = new List<string>();
        foreach (var release in releases)
        {
            ids.AddRange(stored.Naming(ecosystemBase, release, name));
        }

        if (ids.Count == 0)
        {
            return;
        }

        _ids[(ecosystemBase, name)] = ids;
        foreach (var id in ids)
        {
            if (!_stored.ContainsKey(id) && stored.Text(id) is { } text)
            {
                _stored[id] = text;
            }
        }
    }

    // False for one that can't be read, and for one that was withdrawn.
    private bool TryRead(string id, [NotNullWhen(true)] out OsvRecord? record)
    {
        if (!_records.TryGetValue(id, out record) && _stored.TryGetValue(id, out var text))
        {
            record = OsvMatching.Read(text);
            if (text.Length >= KeptFrom)
            {
                _records[id] = record;
            }
        }

        return record is not null;
    }

    private static bool IsWithoutGroup(Component component) => component.EcosystemBase == Ecosystem.Maven && component.AdvisoryName.StartsWith(':');

    private static async Task<ILookup<string, string>> ArtifactsAsync(ScoutDb db, CancellationToken cancellationToken)
    {
        var names = await db.AffectedPackages.Where(p => p.EcosystemBase == Ecosystem.Maven).Select(p => p.Name).Distinct().ToListAsync(cancellationToken);
        return names.SelectMany(name => AdvisoryNames.MayMean(Ecosystem.Maven, name).Select(asked => (Asked: asked, Name: name))).ToLookup(pair => pair.Asked, pair => pair.Name, StringComparer.Ordinal);
    }
}
