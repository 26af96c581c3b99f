using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Lists the members of an organization, changes their roles, ends their sessions and removes them; for administrators.</summary>
public sealed class MemberService(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>All members by name.</summary>
    public async Task<IReadOnlyList<MemberRow>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, cancellationToken);
        return await db.Users.Where(a => a.OrganizationId == actor.OrganizationId).OrderBy(a => a.NormalizedUserName)
            .Select(a => new MemberRow(a.Id, a.UserName ?? "", a.Role, a.CreatedAt, a.LastSignInAt, db.Sessions.Count(s => s.AccountId == a.Id)))
            .ToListAsync(cancellationToken);
    }

    public async Task<MemberOutcome> ChangeRoleAsync(Actor actor, string accountId, MemberRole role, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await FindAsync(change, actor, accountId, cancellationToken) is not { } account)
        {
            return MemberOutcome.Gone;
        }

        if (role != MemberRole.Administrator && await IsLastAdministratorAsync(change, account, cancellationToken))
        {
            return MemberOutcome.LastAdministrator;
        }

        change.Note(AuditAction.RoleChanged, account.UserName ?? "", $"{account.Role} → {role}");
        account.Role = role;
        if (role != MemberRole.Administrator)
        {
            await TakeInvitationsBackAsync(change, account, cancellationToken);
        }

        await change.CommitAsync(cancellationToken);
        return MemberOutcome.Done;
    }

    /// <summary>Removes the account with its sessions; what it did stays in the audit log.</summary>
    public async Task<MemberOutcome> RemoveAsync(Actor actor, string accountId, CancellationToken cancellationToken)
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
        change.Note(AuditAction.MemberRemoved, account.UserName ?? "");
        await TakeInvitationsBackAsync(change, account, cancellationToken);
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
        change.Note(AuditAction.SessionsEnded, account.UserName ?? "");
        await change.CommitAsync(cancellationToken);
        return MemberOutcome.Done;
    }

    // Whoever made a link knows it, and could come back by it.
    private static async Task TakeInvitationsBackAsync(MemberChange change, Account account, CancellationToken cancellationToken)
    {
        foreach (var invitation in await change.Db.Invitations.Where(i => i.OrganizationId == account.OrganizationId && i.InvitedBy == account.UserName).ToListAsync(cancellationToken))
        {
            change.Db.Invitations.Remove(invitation);
            change.Note(AuditAction.InvitationRevoked, invitation.Note, invitation.Role.ToString());
        }
    }

    private static Task<Account?> FindAsync(MemberChange change, Actor actor, string accountId, CancellationToken cancellationToken) =>
        change.Db.Users.SingleOrDefaultAsync(a => a.Id == accountId && a.OrganizationId == actor.OrganizationId, cancellationToken);

    // Under the change's write lock: two administrators who demote each other at once can't both succeed.
    private static async Task<bool> IsLastAdministratorAsync(MemberChange change, Account account, CancellationToken cancellationToken) =>
        account.Role == MemberRole.Administrator
        && !await change.Db.Users.AnyAsync(a => a.OrganizationId == account.OrganizationId && a.Id != account.Id && a.Role == MemberRole.Administrator, cancellationToken);
}

/// <summary>One member; times are UTC.</summary>
public sealed record MemberRow(string Id, string Name, MemberRole Role, DateTime CreatedAt, DateTime? LastSignInAt, int Sessions);

/// <summary>What became of a wish about a member. Gone: there is no such member any more.</summary>
public enum MemberOutcome { Done, LastAdministrator, Gone }
