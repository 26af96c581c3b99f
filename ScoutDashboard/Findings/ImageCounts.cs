using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>Counts an image's vulnerabilities, each once by its highest severity; an index counts those of all its images. What nobody knows stays null.</summary>
internal sealed class ImageCounts(IDbContextFactory<ScoutDb> databases)
{
    private const string UnknownDistribution = "unknown distribution";

    /// <summary>Refreshes these images and the indexes that hold them.</summary>
    public async Task RefreshAsync(IReadOnlyCollection<long> imageIds, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var coverage = new AdvisoryCoverage(db);
        var indexes = new HashSet<long>();
        foreach (var batch in imageIds.Chunk(ComponentMatching.Batch))
        {
            indexes.UnionWith(await db.IndexEntries.Where(e => batch.Contains(e.ImageId) || batch.Contains(e.IndexId)).Select(e => e.IndexId).Distinct().ToListAsync(cancellationToken));
        }

        foreach (var id in imageIds.Except(indexes))
        {
            await RefreshAsync(db, coverage, id, [id], cancellationToken);
        }

        foreach (var id in indexes)
        {
            var children = await db.IndexEntries.Where(e => e.IndexId == id).Select(e => e.ImageId).ToListAsync(cancellationToken);
            await RefreshAsync(db, coverage, id, children, cancellationToken);
        }
    }

    private static async Task RefreshAsync(ScoutDb db, AdvisoryCoverage coverage, long id, IReadOnlyList<long> holders, CancellationToken cancellationToken)
    {
        var analysed = await db.Images.Where(i => holders.Contains(i.Id) && i.AnalysedAt != null).Select(i => new { i.Id, i.Gaps }).ToListAsync(cancellationToken);
        var ids = analysed.ConvertAll(i => i.Id);
        if (ids.Count == 0)
        {
            return;
        }

        var sets = db.ImagePackageSets.Where(s => ids.Contains(s.ImageId)).Select(s => s.PackageSetId);
        var held = db.PackageSetComponents.Where(p => sets.Contains(p.PackageSetId)).Select(p => p.ComponentId);
        var components = await db.Components.Where(c => held.Contains(c.Id)).Select(c => new { c.Ecosystem, IsMatched = c.MatchedAt != null }).ToListAsync(cancellationToken);
        var unmatched = new List<string>();
        var ecosystems = components.Select(c => c.Ecosystem).Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var ecosystem in ecosystems)
        {
            if (!await coverage.HasDataAsync(ecosystem, cancellationToken))
            {
                unmatched.Add(ecosystem.Length == 0 ? UnknownDistribution : ecosystem);
            }
        }

        var isKnown = components.Count == 0 ? analysed.TrueForAll(i => i.Gaps == "[]") : unmatched.Count < ecosystems.Count && components.TrueForAll(c => c.IsMatched);
        var findings = !isKnown ? [] : await db.Findings.Where(f => held.Contains(f.ComponentId) && f.Verdict == Verdict.Affected)
            .GroupBy(f => f.VulnerabilityId)
            .Select(g => new { Severity = g.Max(f => f.Severity), Fixable = g.Max(f => f.FixState == FixState.Fixed ? 1 : 0) })
            .ToListAsync(cancellationToken);
        SeverityCounts? counts = isKnown ? SeverityCounts.Of(findings.Select(f => f.Severity)) : null;
        var fixable = findings.Count(f => f.Fixable == 1 && f.Severity >= SeverityLevel.High);
        var text = string.Join(", ", unmatched);
        await db.Images.Where(i => i.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.Critical, counts.HasValue ? counts.Value.Critical : null).SetProperty(i => i.High, counts.HasValue ? counts.Value.High : null)
                .SetProperty(i => i.Medium, counts.HasValue ? counts.Value.Medium : null).SetProperty(i => i.Low, counts.HasValue ? counts.Value.Low : null)
                .SetProperty(i => i.Unknown, counts.HasValue ? counts.Value.Unknown : null).SetProperty(i => i.FixableCriticalHigh, fixable)
                .SetProperty(i => i.Packages, components.Count).SetProperty(i => i.Unmatched, text),
            cancellationToken);
    }
}
