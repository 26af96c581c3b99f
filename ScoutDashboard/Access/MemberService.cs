using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Lists the members of an organization, changes their roles, ends their sessions and removes them; for administrators.</summary>
public sealed class MemberService(IDbContextFactory<ScoutDb> databases, SingleSignOnOptions settings, TimeProvider clock)
{
    // Who has their role by the issuer may have lost it there long ago: it is asked anew at their next sign-in only.
    private static readonly TimeSpan IssuerTrust = TimeSpan.FromDays(30);

    /// <summary>All members by name.</summary>
    public async Task<IReadOnlyList<MemberRow>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        return await db.Users.Where(a => a.OrganizationId == actor.OrganizationId).OrderBy(a => a.NormalizedUserName)
            .Select(a => new MemberRow(a.Id, a.UserName ?? "", a.Role, a.CreatedAt, a.LastSignInAt, db.Sessions.Count(s => s.AccountId == a.Id),
                db.ApiKeys.Count(k => k.OrganizationId == a.OrganizationId && k.CreatedBy == a.UserName && k.ExpiresAt > now), db.UserLogins.Any(login => login.UserId == a.Id),
                db.Authenticators.Any(authenticator => authenticator.AccountId == a.Id && authenticator.ConfirmedAt != null), db.Passkeys.Count(p => p.AccountId == a.Id)))
            .ToListAsync(cancellationToken);
    }

    /// <param name="revokeKeys">Whether who is no administrator any more loses the API keys that they made, too.</param>
    public async Task<MemberOutcome> ChangeRoleAsync(Actor actor, string accountId, MemberRole role, bool revokeKeys, CancellationToken cancellationToken)
    {
        InvitationService.RequireDefined(role);
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await FindAsync(change, actor, accountId, cancellationToken) is not { } account)
        {
            return MemberOutcome.Gone;
        }

        // It would follow the issuer's groups again at the next sign-in.
        if (await change.Db.UserLogins.AnyAsync(login => login.UserId == accountId, cancellationToken))
        {
            return MemberOutcome.RoleByIssuer;
        }

        if (role != MemberRole.Administrator && await IsLastAdministratorAsync(change, account, cancellationToken))
        {
            return MemberOutcome.LastAdministrator;
        }

        change.Note(AuditAction.RoleChanged, account.UserName ?? "", $"{account.Role} → {role}", account.Id);
        account.Role = role;
        if (role != MemberRole.Administrator)
        {
            await TakeBackAsync(change, account, revokeKeys, cancellationToken);
        }

        await change.CommitAsync(cancellationToken);
        return MemberOutcome.Done;
    }

    /// <summary>Removes the account with its sessions; what it did stays in the audit log.</summary>
    /// <param name="revokeKeys">Whether the API keys that they made end, too.</param>
    public async Task<MemberOutcome> RemoveAsync(Actor actor, string accountId, bool revokeKeys, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await FindAsync(change, actor, accountId, cancellationToken) is not { } account)
        {
            return MemberOutcome.Gone;
        }

        if (await IsLastAdministratorAsync(change, account, cancellationToken))
        {
            return MemberOutcome.LastAdministrator;
        }

        change.Db.Users.Remove(account);
        change.Note(AuditAction.MemberRemoved, account.UserName ?? "", accountId: account.Id);
        await TakeBackAsync(change, account, revokeKeys, cancellationToken);
        await change.CommitAsync(cancellationToken);
        return MemberOutcome.Done;
    }

    /// <summary>Signs a member out everywhere.</summary>
    public async Task<MemberOutcome> EndSessionsAsync(Actor actor, string accountId, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await FindAsync(change, actor, accountId, cancellationToken) is not { } account)
        {
            return MemberOutcome.Gone;
        }

        await change.Db.Sessions.Where(s => s.AccountId == accountId).ExecuteDeleteAsync(cancellationToken);
        change.Note(AuditAction.SessionsEnded, account.UserName ?? "", accountId: account.Id);
        await change.CommitAsync(cancellationToken);
        return MemberOutcome.Done;
    }

    /// <summary>Takes second step and passkeys off a member who lost their phone, and signs them out everywhere. One's own goes by the password only.</summary>
    public async Task<MemberOutcome> TakeSecondStepAsync(Actor actor, string accountId, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (accountId == actor.AccountId || await FindAsync(change, actor, accountId, cancellationToken) is not { } account)
        {
            return MemberOutcome.Gone;
        }

        if (await SecondStepService.RemoveAllAsync(change.Db, accountId, cancellationToken))
        {
            await change.Db.Sessions.Where(s => s.AccountId == accountId).ExecuteDeleteAsync(cancellationToken);
            change.Note(AuditAction.SecondStepTurnedOff, account.UserName ?? "", accountId: account.Id);
            await change.CommitAsync(cancellationToken);
        }

        return MemberOutcome.Done;
    }

    private static Task TakeBackAsync(MemberChange change, Account account, bool revokeKeys, CancellationToken cancellationToken) =>
        WaysBack.TakeAsync(change.Db, account, revokeKeys, (action, subject, detail) => change.Note(action, subject, detail), cancellationToken);

    private static Task<Account?> FindAsync(MemberChange change, Actor actor, string accountId, CancellationToken cancellationToken) =>
        change.Db.Users.SingleOrDefaultAsync(a => a.Id == accountId && a.OrganizationId == actor.OrganizationId, cancellationToken);

    // Only who can still get in counts, by the ways that are configured now.
    // Under the change's write lock: two administrators who demote each other at once can't both succeed.
    private async Task<bool> IsLastAdministratorAsync(MemberChange change, Account account, CancellationToken cancellationToken)
    {
        var longAgo = change.Now - IssuerTrust;
        return account.Role == MemberRole.Administrator
            && !await change.Db.Users.AnyAsync(a => a.OrganizationId == account.OrganizationId && a.Id != account.Id && a.Role == MemberRole.Administrator
                && (change.Db.UserLogins.Any(login => login.UserId == a.Id) ? settings.IsOn && a.LastSignInAt >= longAgo : settings.LocalSignIn), cancellationToken);
    }
}

/// <summary>One member; times are UTC. ApiKeys: those that they made and that have not expired. IsByIssuer: single sign-on gives the role.</summary>
public sealed record MemberRow(string Id, string Name, MemberRole Role, DateTime CreatedAt, DateTime? LastSignInAt, int Sessions, int ApiKeys, bool IsByIssuer, bool HasSecondStep, int Passkeys);

/// <summary>What became of a wish about a member. Gone: there is no such member any more. RoleByIssuer: single sign-on gives the role.</summary>
public enum MemberOutcome { Done, LastAdministrator, Gone, RoleByIssuer }
