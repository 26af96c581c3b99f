using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>The advisories that name some components' packages, each read and parsed once.</summary>
internal sealed class AdvisoryLookup
{
    private const int Batch = 500;

    private readonly Dictionary<string, OsvRecord?> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<(string EcosystemBase, string Name), HashSet<string>> _ids = [];

    public static async Task<AdvisoryLookup> ReadAsync(ScoutDb db, IReadOnlyCollection<Component> components, CancellationToken cancellationToken)
    {
        var lookup = new AdvisoryLookup();
        foreach (var ecosystem in components.Where(c => c.Ecosystem.Length > 0).GroupBy(c => c.EcosystemBase))
        {
            // The release and "every release": the rest can't match.
            var releases = ecosystem.Select(c => c.Ecosystem).Append(ecosystem.Key).Distinct().ToList();
            foreach (var names in ecosystem.Select(c => AdvisoryNames.Normalise(ecosystem.Key, c.AdvisoryName)).Distinct().Chunk(Batch))
            {
                var rows = await db.AffectedPackages.Where(p => p.EcosystemBase == ecosystem.Key && names.Contains(p.Name) && releases.Contains(p.Ecosystem))
                    .Select(p => new { p.Name, p.AdvisoryId }).ToListAsync(cancellationToken);
                foreach (var name in rows.GroupBy(row => row.Name))
                {
                    lookup._ids[(ecosystem.Key, name.Key)] = [.. name.Select(row => row.AdvisoryId)];
                }
            }
        }

        foreach (var ids in lookup._ids.Values.SelectMany(ids => ids).Distinct(StringComparer.Ordinal).Chunk(Batch))
        {
            foreach (var advisory in await db.Advisories.Where(a => ids.Contains(a.Id) && a.Withdrawn == null).Select(a => new { a.Id, a.Document }).ToListAsync(cancellationToken))
            {
                lookup._records[advisory.Id] = Parse(advisory.Document);
            }
        }

        return lookup;
    }

    /// <summary>The advisories on a component's package, and the ids of those whose stored text can't be read.</summary>
    public (IReadOnlyList<OsvRecord> Records, IReadOnlyList<string> Unreadable) For(Component component)
    {
        var found = _ids.GetValueOrDefault((component.EcosystemBase, AdvisoryNames.Normalise(component.EcosystemBase, component.AdvisoryName)), [])
            .Where(_records.ContainsKey).ToList();
        return ([.. found.Select(id => _records[id]).OfType<OsvRecord>()], found.FindAll(id => _records[id] is null));
    }

    private static OsvRecord? Parse(byte[] document)
    {
        try
        {
            return OsvReader.TryParse(AdvisoryDocument.Decode(document), out var record) ? record : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
