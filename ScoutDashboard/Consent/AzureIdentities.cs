using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Consent;

/// <summary>By whose rights something is done in Azure: whoever asks for it is named, and what nobody asks for is the dashboard's own.</summary>
/// <param name="own">The clients of the dashboard's own identity, whether it has one or not.</param>
public sealed class AzureIdentities(ArmClients own, IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>The dashboard's own identity, by which alone it works by itself; null where it has none.</summary>
    public ArmClients? Own => own.IsOn ? own : null;

    /// <summary>By whose rights the dashboard does in Azure what this person asks for; null where by nobody's: then nothing may be asked of Azure for them.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<ArmClients?> OfAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        return Own;
    }

    /// <summary>Whether there is somebody by whose rights it could be done, for what a page offers.</summary>
    /// <exception cref="ForbiddenException">The session has ended.</exception>
    public async Task<bool> IsOnAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Viewer, clock, cancellationToken);
        return Own is not null;
    }
}
