using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations;

/// <summary>Finds the integration that a member is about to change; under the change's write lock, so nothing moves until it is saved.</summary>
internal static class ActiveIntegration
{
    /// <summary>Null where it is another organization's or removed.</summary>
    public static Task<Integration?> FindAsync(MemberChange change, Actor actor, long id, CancellationToken cancellationToken) =>
        change.Db.Integrations.SingleOrDefaultAsync(i => i.Id == id && i.OrganizationId == actor.OrganizationId && i.RemovedAt == null, cancellationToken);
}
