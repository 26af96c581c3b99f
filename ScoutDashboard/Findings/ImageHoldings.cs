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

    /// <param name="names">Names that exceptions go by: further CVEs of findings are told where they are among these, and what is undecided where there are any.</param>
    public static async Task<ImageHoldings> ReadAsync(ScoutDb db, IReadOnlyCollection<long> imageIds, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
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
            await holdings.ReadSetsAsync(db, batch, names, known, cancellationToken);
        }

        return holdings;
    }

    /// <summary>The installed components of these images, each once.</summary>
    public IReadOnlyCollection<HeldComponent> Of(IEnumerable<long> imageIds) =>
        [.. imageIds.SelectMany(id => _sets.GetValueOrDefault(id, [])).Distinct().SelectMany(id => _components.GetValueOrDefault(id, [])).DistinctBy(component => component.Id)];

    /// <summary>Whether a file of these images names packages that were not found.</summary>
    public bool Declares(IEnumerable<long> imageIds) => imageIds.SelectMany(id => _sets.GetValueOrDefault(id, [])).Any(_declaring.Contains);

    private async Task ReadSetsAsync(ScoutDb db, long[] sets, IReadOnlyCollection<string> names, Dictionary<long, HeldComponent> known, CancellationToken cancellationToken)
    {
        var members = db.InstalledComponents.Where(p => sets.Contains(p.PackageSetId));
        var held = members.Select(p => p.ComponentId);
        // What is undecided tells only whether a vulnerability is accepted.
        var found = db.Findings.Where(f => held.Contains(f.ComponentId) && (f.Verdict == Verdict.Affected || names.Count > 0));
        var others = names.Count == 0 ? null
            : (await found.Join(db.FindingCves, f => f.Id, c => c.FindingId, (_, c) => c).Where(c => names.Contains(c.Cve)).AsNoTracking().ToListAsync(cancellationToken)).ToLookup(c => c.FindingId, c => c.Cve);
        var findings = (await found.Select(f => new { f.ComponentId, f.Id, f.VulnerabilityId, f.Severity, IsAffected = f.Verdict == Verdict.Affected, IsFixable = f.FixState == FixState.Fixed }).ToListAsync(cancellationToken))
            .ToLookup(row => row.ComponentId, row => new Found(row.VulnerabilityId, row.Severity, row.IsAffected, row.IsFixable) { OtherCves = others is null ? [] : [.. others[row.Id]] });
        foreach (var row in await db.Components.Where(c => held.Contains(c.Id)).Select(c => new { c.Id, c.Type, c.Ecosystem, c.Purl, IsMatched = c.MatchedAt != null }).ToListAsync(cancellationToken))
        {
            known.TryAdd(row.Id, new HeldComponent(row.Id, row.Type, row.Ecosystem, row.Purl, row.IsMatched, [.. findings[row.Id]]));
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
internal sealed record HeldComponent(long Id, string Type, string Ecosystem, string Purl, bool IsMatched, IReadOnlyList<Found> Findings);

/// <summary>That a component is, or may be, affected by a vulnerability.</summary>
internal sealed record Found(string VulnerabilityId, SeverityLevel Severity, bool IsAffected, bool IsFixable)
{
    /// <summary>Its further CVEs, as far as they were asked for.</summary>
    public IReadOnlyList<string> OtherCves { get; init; } = [];
}
