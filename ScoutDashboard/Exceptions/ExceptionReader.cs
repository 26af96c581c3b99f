using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Exceptions;

/// <summary>Reads exceptions for judging findings by them.</summary>
public static class ExceptionReader
{
    /// <summary>Those of an organization that apply.</summary>
    public static Task<ExceptionSet> InForceAsync(ScoutDb db, int organizationId, DateTime now, CancellationToken cancellationToken) =>
        ReadAsync(db.Exceptions.Where(e => e.OrganizationId == organizationId).InForce(now), now, cancellationToken);

    /// <summary>Those of an organization on these vulnerabilities, also those that are over.</summary>
    /// <param name="names">The vulnerabilities' ids and their further CVEs.</param>
    public static Task<ExceptionSet> OnAsync(ScoutDb db, int organizationId, IReadOnlyCollection<string> names, DateTime now, CancellationToken cancellationToken) =>
        ReadAsync(db.Exceptions.Where(e => e.OrganizationId == organizationId && (names.Contains(e.VulnerabilityId) || e.OtherNames.Any(n => names.Contains(n.Name)))), now, cancellationToken);

    private static async Task<ExceptionSet> ReadAsync(IQueryable<ExceptionRule> query, DateTime now, CancellationToken cancellationToken) => new(await query.AsNoTracking().ToListAsync(cancellationToken), now);
}
