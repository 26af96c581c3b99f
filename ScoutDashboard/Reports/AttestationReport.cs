using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Reports;

/// <summary>What others say of one image.</summary>
public sealed class AttestationReport(IDbContextFactory<ScoutDb> databases)
{
    /// <summary>Null where nobody looked for it yet, or the organization has no such image.</summary>
    public async Task<AttestationFindings?> FindAsync(int organizationId, long imageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var content = await db.ImageAttestations
            .Where(a => a.ImageId == imageId && db.Images.Any(i => i.Id == imageId && i.Repository!.Integration!.OrganizationId == organizationId))
            .Select(a => a.Content).SingleOrDefaultAsync(cancellationToken);
        return content is null ? null : ReportJson.Attestations(content);
    }
}
