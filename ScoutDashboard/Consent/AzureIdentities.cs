using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Consent;

/// <summary>
/// By whose rights something is done in Azure: the dashboard's own, else those of the person who asks for it, by their consent. Whoever asks is named; what nobody asks for
/// is done by the dashboard's own or not at all.
/// </summary>
/// <param name="own">The clients of the dashboard's own identity, whether it has one or not.</param>
public sealed class AzureIdentities(ArmClients own, ConsentStore consents, IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>The dashboard's own identity, by which alone it works by itself; null where it has none.</summary>
    public ArmClients? Own => own.IsOn ? own : null;

    /// <summary>Whether persons may let it act with their rights instead.</summary>
    public bool AllowsConsent => own.AllowsConsent;

    /// <summary>Why nothing can be done in Azure, for who was offered it before: the beginning of a sentence.</summary>
    public string Missing => AllowsConsent ? "Your consent to act in Azure has ended" : "The dashboard has no identity in Azure";

    /// <summary>What to do about that.</summary>
    public string Remedy => ArmRemedies.For(ArmError.NoIdentity, "", AllowsConsent);

    /// <summary>By whose rights the dashboard does in Azure what this person asks for; null where by nobody's: then nothing may be asked of Azure for them.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<ArmClients?> OfAsync(Actor actor, CancellationToken cancellationToken)
    {
        await DemandAsync(actor, MemberRole.Administrator, cancellationToken);
        return Own ?? (await GivenAsync(actor, cancellationToken) is null ? null : own.OfPerson(new PersonCredential(consents, actor)));
    }

    /// <summary>Whether there is somebody by whose rights it could be done, for what a page offers.</summary>
    /// <exception cref="ForbiddenException">The session has ended.</exception>
    public async Task<bool> IsOnAsync(Actor actor, CancellationToken cancellationToken)
    {
        await DemandAsync(actor, MemberRole.Viewer, cancellationToken);
        return Own is not null || await GivenAsync(actor, cancellationToken) is not null;
    }

    /// <summary>Whether the member signs in at the very issuer that is asked for consents: no other account of theirs would match.</summary>
    /// <exception cref="ForbiddenException">The session has ended.</exception>
    public async Task<bool> MayConsentAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Viewer, clock, cancellationToken);
        var issuers = await db.UserLogins.Where(login => login.UserId == actor.AccountId).Select(login => login.LoginProvider).ToListAsync(cancellationToken);
        return issuers.Any(own.IsConsentIssuer);
    }

    /// <summary>The consent by which the dashboard acts for this person; null where there is none, or where it acts by its own identity.</summary>
    /// <exception cref="ForbiddenException">The session has ended.</exception>
    public async Task<GivenConsent?> FindAsync(Actor actor, CancellationToken cancellationToken)
    {
        await DemandAsync(actor, MemberRole.Viewer, cancellationToken);
        return await GivenAsync(actor, cancellationToken);
    }

    // A shell has no session to consent in.
    private async Task<GivenConsent?> GivenAsync(Actor actor, CancellationToken cancellationToken) => AllowsConsent && !actor.IsShell ? await consents.FindAsync(actor, cancellationToken) : null;

    private async Task DemandAsync(Actor actor, MemberRole role, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, role, clock, cancellationToken);
    }
}
