using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Findings;

/// <summary>Some components with all that matching them takes, as it was at one moment.</summary>
internal sealed class MatchBatch
{
    private MatchBatch(IReadOnlyList<Component> components, AdvisoryLookup advisories, ILookup<long, Finding> findings)
    {
        Components = components;
        Advisories = advisories;
        Findings = findings;
    }

    public IReadOnlyList<Component> Components { get; }

    public AdvisoryLookup Advisories { get; }

    /// <summary>What was found of each component before.</summary>
    public ILookup<long, Finding> Findings { get; }

    /// <summary>Those for whose ecosystem there is advisory data.</summary>
    public required IReadOnlySet<long> Covered { get; init; }

    /// <summary>See <see cref="MatchMarks.RevisionAsync"/>: what was marked after it, this batch may not know.</summary>
    public required long Revision { get; init; }

    /// <summary>UTC; advisories were read after it.</summary>
    public required DateTime AskedAt { get; init; }

    public static async Task<MatchBatch> ReadAsync(ScoutDb db, long[] componentIds, DateTime now, CancellationToken cancellationToken)
    {
        await using var snapshot = await db.SnapshotAsync(cancellationToken);
        var revision = await MatchMarks.RevisionAsync(db, cancellationToken);
        // By name, as they are matched.
        var components = await db.Components.AsNoTracking().Where(c => componentIds.Contains(c.Id)).OrderBy(c => c.EcosystemBase).ThenBy(c => c.AdvisoryName).ToListAsync(cancellationToken);
        var matched = components.Where(c => c.MatchedAt is not null).Select(c => c.Id).ToList();
        var findings = matched.Count == 0 ? [] : await FoundAsync(db, matched, cancellationToken);
        return new MatchBatch(components, await AdvisoryLookup.ReadAsync(db, components, cancellationToken), findings.ToLookup(f => f.ComponentId))
        {
            Covered = await CoveredAsync(db, components, cancellationToken), Revision = revision, AskedAt = now,
        };
    }

    // Not included by EF, which compiles a delegate for each row that may have some: few have any.
    private static async Task<List<Finding>> FoundAsync(ScoutDb db, List<long> componentIds, CancellationToken cancellationToken)
    {
        var findings = await db.Findings.AsNoTracking().Where(f => componentIds.Contains(f.ComponentId)).ToListAsync(cancellationToken);
        var others = await db.Findings.Where(f => componentIds.Contains(f.ComponentId)).Join(db.FindingCves, f => f.Id, c => c.FindingId, (_, other) => other).AsNoTracking().ToListAsync(cancellationToken);
        var found = others.Count == 0 ? [] : findings.ToDictionary(f => f.Id);
        others.ForEach(other => found[other.FindingId].OtherCves.Add(other));
        return findings;
    }

    // A match while a feed was never loaded tells nothing: what the feed brings is no news.
    private static async Task<HashSet<long>> CoveredAsync(ScoutDb db, List<Component> components, CancellationToken cancellationToken)
    {
        var coverage = new AdvisoryCoverage(db);
        var covered = new HashSet<long>();
        foreach (var ecosystem in components.GroupBy(c => c.Ecosystem))
        {
            if (await coverage.HasDataAsync(ecosystem.Key, cancellationToken))
            {
                covered.UnionWith(ecosystem.Select(c => c.Id));
            }
        }

        return covered;
    }
}
