using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Makes invitation links, and an account for whoever follows one: once, and before it expires.</summary>
public sealed class InvitationService(IDbContextFactory<ScoutDb> databases, IServiceScopeFactory scopes, SingleSignOnOptions settings, TimeProvider clock)
{
    public const int MaxNoteLength = 100;

    /// <summary>How long a link works.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Makes an invitation; returns the link's path, which is not kept and can't be shown again.</summary>
    /// <param name="note">For whom it is.</param>
    public async Task<string> CreateAsync(Actor actor, MemberRole role, string note, CancellationToken cancellationToken)
    {
        RequireDefined(role);
        if (!settings.LocalSignIn)
        {
            throw new InvalidOperationException("An invitation makes an account with a password, and passwords are switched off.");
        }

        var token = UrlKey.Create();
        var text = DisplayText.Sanitise(note.Trim(), MaxNoteLength);
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        change.Db.Invitations.Add(new Invitation
        {
            OrganizationId = actor.OrganizationId, TokenHash = UrlKey.Hash(token), Role = role, Note = text, InvitedBy = actor.Name, CreatedAt = change.Now, ExpiresAt = change.Now + Lifetime,
        });
        change.Note(AuditAction.MemberInvited, text, role.ToString());
        await change.CommitAsync(cancellationToken);
        return PathOf(token);
    }

    /// <summary>The invitations that wait, newest first.</summary>
    public async Task<IReadOnlyList<InvitationRow>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        return await db.Invitations.Where(i => i.OrganizationId == actor.OrganizationId && i.ExpiresAt > now).OrderByDescending(i => i.Id)
            .Select(i => new InvitationRow(i.Id, i.Role, i.Note, i.InvitedBy, i.ExpiresAt)).ToListAsync(cancellationToken);
    }

    /// <summary>Takes an invitation back.</summary>
    public async Task RevokeAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await change.Db.Invitations.SingleOrDefaultAsync(i => i.Id == id && i.OrganizationId == actor.OrganizationId, cancellationToken) is { } invitation)
        {
            change.Db.Invitations.Remove(invitation);
            change.Note(AuditAction.InvitationRevoked, invitation.Note, invitation.Role.ToString());
            await change.CommitAsync(cancellationToken);
        }
    }

    /// <summary>What a link invites to, or null where it was used, taken back, has expired or never was.</summary>
    public async Task<JoinOffer?> FindAsync(string? token, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Open(db, token).Select(i => new JoinOffer(i.Organization!.Name, i.Role)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Makes the account, or says why not; a link whose form was refused can be used again.</summary>
    /// <param name="address">IP address, for the audit log.</param>
    public async Task<JoinOutcome> AcceptAsync(string? token, string name, string password, string address, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        // The account's manager saves by the same context: the link ends with the account's making, under one write lock.
        var db = scope.ServiceProvider.GetRequiredService<ScoutDb>();
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        if (await Open(db, token).Include(i => i.Organization).SingleOrDefaultAsync(cancellationToken) is not { } invitation || !Enum.IsDefined(invitation.Role))
        {
            return new JoinOutcome(null, []);
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var account = new Account { UserName = name, Role = invitation.Role, LockoutEnabled = true, CreatedAt = now, OrganizationId = invitation.OrganizationId, Organization = invitation.Organization };
        var result = await scope.ServiceProvider.GetRequiredService<UserManager<Account>>().CreateAsync(account, password);
        if (!result.Succeeded)
        {
            return new JoinOutcome(null, [.. result.Errors.Select(e => e.Description)]);
        }

        db.Invitations.Remove(invitation);
        var line = SessionService.Line(account, AuditAction.InvitationAccepted, address, now);
        line.Detail = $"{invitation.Role}, invited by {invitation.InvitedBy}";
        db.Audit.Add(line);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new JoinOutcome(account, []);
    }

    internal static string PathOf(string token) => $"/join?token={token}";

    /// <exception cref="ArgumentOutOfRangeException">There is no such role: a number above the highest would pass for all rights.</exception>
    internal static void RequireDefined(MemberRole role)
    {
        if (!Enum.IsDefined(role))
        {
            throw new ArgumentOutOfRangeException(nameof(role), role, "There is no such role.");
        }
    }

    private IQueryable<Invitation> Open(ScoutDb db, string? token)
    {
        var hash = UrlKey.Hash(token ?? "");
        var now = clock.GetUtcNow().UtcDateTime;
        // A password that signs nobody in is worth nothing.
        return db.Invitations.Where(i => settings.LocalSignIn && i.TokenHash == hash && i.ExpiresAt > now);
    }
}

/// <summary>An invitation that waits; times are UTC.</summary>
public sealed record InvitationRow(long Id, MemberRole Role, string Note, string InvitedBy, DateTime ExpiresAt);

/// <summary>What a link invites to.</summary>
public sealed record JoinOffer(string Organization, MemberRole Role);

/// <summary>The new account; or null with the reasons as sentences for a person; or null without any where the link does not work.</summary>
public sealed record JoinOutcome(Account? Account, IReadOnlyList<string> Reasons);
