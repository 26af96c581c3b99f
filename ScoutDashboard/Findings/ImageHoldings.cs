using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>What some images hold and what was found in it, each shared set and component read once: a handful of queries however many the images are.</summary>
internal sealed class ImageHoldings
{
    private readonly Dictionary<long, List<long>> _sets = [];
    private readonly Dictionary<long, List<HeldComponent>> _components = [];
    private readonly HashSet<long> _declaring = [];

    public static async Task<ImageHoldings> ReadAsync(ScoutDb db, IReadOnlyCollection<long> imageIds, CancellationToken cancellationToken)
    {
        var holdings = new ImageHoldings();
        foreach (var batch in imageIds.Chunk(ComponentMatching.Batch))
        {
            var rows = await db.ImagePackageSets.Where(s => batch.Contains(s.ImageId)).Select(s => new { s.ImageId, s.PackageSetId }).Distinct().ToListAsync(cancellationToken);
            foreach (var image in rows.GroupBy(row => row.ImageId, row => row.PackageSetId))
            {
                holdings._sets[image.Key] = [.. image];
            }
        }

        var known = new Dictionary<long, HeldComponent>();
        foreach (var batch in holdings._sets.Values.SelectMany(sets => sets).Distinct().Chunk(ComponentMatching.Batch))
        {
            await holdings.ReadSetsAsync(db, batch, known, cancellationToken);
        }

        return holdings;
    }

    /// <summary>The installed components of these images, each once.</summary>
    public IReadOnlyCollection<HeldComponent> Of(IEnumerable<long> imageIds) =>
        [.. imageIds.SelectMany(id => _sets.GetValueOrDefault(id, [])).Distinct().SelectMany(id => _components.GetValueOrDefault(id, [])).DistinctBy(component => component.Id)];

    /// <summary>Whether a file of these images names packages that were not found.</summary>
    public bool Declares(IEnumerable<long> imageIds) => imageIds.SelectMany(id => _sets.GetValueOrDefault(id, [])).Any(_declaring.Contains);

    private async Task ReadSetsAsync(ScoutDb db, long[] sets, Dictionary<long, HeldComponent> known, CancellationToken cancellationToken)
    {
        var members = db.InstalledComponents.Where(p => sets.Contains(p.PackageSetId));
        var held = members.Select(p => p.ComponentId);
        var findings = (await db.Findings.Where(f => held.Contains(f.ComponentId) && f.Verdict == Verdict.Affected)
            .Select(f => new { f.ComponentId, Found = new Found(f.VulnerabilityId, f.Severity, f.FixState == FixState.Fixed) }).ToListAsync(cancellationToken))
            .ToLookup(row => row.ComponentId, row => row.Found);
        foreach (var row in await db.Components.Where(c => held.Contains(c.Id)).Select(c => new { c.Id, c.Type, c.Ecosystem, IsMatched = c.MatchedAt != null }).ToListAsync(cancellationToken))
        {
            known.TryAdd(row.Id, new HeldComponent(row.Id, row.Type, row.Ecosystem, row.IsMatched, [.. findings[row.Id]]));
        }

        var rows = await members.Select(p => new { p.PackageSetId, p.ComponentId }).Distinct().ToListAsync(cancellationToken);
        foreach (var set in rows.GroupBy(row => row.PackageSetId, row => row.ComponentId))
        {
            _components[set.Key] = [.. set.Where(known.ContainsKey).Select(id => known[id])];
        }

        _declaring.UnionWith(await db.PackageSetComponents.Where(p => sets.Contains(p.PackageSetId) && p.ListedOnly == ListedOnly.Declared).Select(p => p.PackageSetId).Distinct().ToListAsync(cancellationToken));
    }
}

/// <summary>A component as far as counting goes.</summary>
internal sealed record HeldComponent(long Id, string Type, string Ecosystem, bool IsMatched, IReadOnlyList<Found> Findings);

/// <summary>That a component is affected by a vulnerability.</summary>
internal sealed record Found(string VulnerabilityId, SeverityLevel Severity, bool IsFixable);
