using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Reports;

/// <summary>Finds findings by the CVEs that their vulnerability has besides the one that it is shown under. Each is a subquery that the database answers once.</summary>
internal static class OtherCves
{
    /// <summary>Ids of the findings that the catalog lists under one of these.</summary>
    public static IQueryable<long> Listed(ScoutDb db) => db.FindingCves.Join(db.KnownExploits, c => c.Cve, k => k.Cve, (c, _) => c.FindingId);

    /// <summary>Ids of the findings of which one of these fits a pattern of <see cref="LikePattern"/>.</summary>
    public static IQueryable<long> Like(ScoutDb db, string pattern) => db.FindingCves.Where(c => EF.Functions.Like(c.Cve, pattern, LikePattern.Escape)).Select(c => c.FindingId);

    /// <summary>Ids of the findings of a vulnerability, by any of its names.</summary>
    public static IQueryable<long> FindingsOf(ScoutDb db, string id) =>
        db.Findings.Where(f => f.VulnerabilityId == id).Select(f => f.Id).Union(db.FindingCves.Where(c => c.Cve == id).Select(c => c.FindingId));

    /// <summary>Those of these findings, by finding.</summary>
    public static async Task<ILookup<long, string>> ReadAsync(ScoutDb db, IReadOnlyCollection<long> findingIds, CancellationToken cancellationToken) =>
        (await db.FindingCves.AsNoTracking().Where(c => findingIds.Contains(c.FindingId)).OrderBy(c => c.Cve).ToListAsync(cancellationToken)).ToLookup(c => c.FindingId, c => c.Cve);
}
