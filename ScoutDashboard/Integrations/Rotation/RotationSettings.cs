using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>When an integration's token is rotated by itself.</summary>
public sealed class RotationSettings(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>Sets how many days before its last day the password is rotated; 0: never.</summary>
    /// <returns>False where it is no number of days that is offered, or the registry is gone.</returns>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<bool> SetAsync(Actor actor, long id, int days, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (!Rotations.Choices.Contains(days) || await ActiveIntegration.FindAsync(change, actor, id, cancellationToken) is not { } integration)
        {
            return false;
        }

        integration.RotateBefore = days;
        change.Note(AuditAction.TokenRotationSet, integration.Hostname, days == 0 ? "Never" : $"{days} days before");
        await change.CommitAsync(cancellationToken);
        return true;
    }
}
