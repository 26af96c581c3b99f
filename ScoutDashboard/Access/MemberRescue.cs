using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>What whoever has the machine may do where nobody gets in any more: invite an administrator, and take a second step off. Written down under the shell user's name.</summary>
public static class MemberRescue
{
    /// <summary>How long the link works; shorter than an invitation's, for whoever asks for it sits there.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(1);

    /// <summary>Makes a link that makes one administrator account, once; returns its path, or null where the dashboard was not set up yet.</summary>
    /// <param name="note">For whom it is.</param>
    public static async Task<string?> InviteAdministratorAsync(ScoutDb db, string note, DateTime now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        if (await db.Organizations.OrderBy(o => o.Id).Select(o => (int?)o.Id).FirstOrDefaultAsync(cancellationToken) is not { } organization)
        {
            return null;
        }

        var token = UrlKey.Create();
        var text = DisplayText.Sanitise(note.Trim(), InvitationService.MaxNoteLength);
        db.Invitations.Add(new Invitation
        {
            OrganizationId = organization, TokenHash = UrlKey.Hash(token), Role = MemberRole.Administrator, Note = text, InvitedBy = Environment.UserName, CreatedAt = now, ExpiresAt = now + LinkLifetime,
        });
        db.Audit.Add(Line(organization, AuditAction.MemberInvited, text, null, MemberRole.Administrator.ToString(), now));
        await db.SaveChangesAsync(cancellationToken);
        return InvitationService.PathOf(token);
    }

    /// <summary>Takes a member's second step off and ends their sessions.</summary>
    public static async Task<RescueOutcome> TakeSecondStepAsync(ScoutDb db, string name, DateTime now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var normal = name.Trim().Normalize().ToUpperInvariant();
        if (await db.Users.SingleOrDefaultAsync(a => a.NormalizedUserName == normal, cancellationToken) is not { } account)
        {
            return RescueOutcome.NoMember;
        }

        if (!await SecondStepService.RemoveAllAsync(db, account.Id, cancellationToken))
        {
            return RescueOutcome.NotOn;
        }

        await db.Sessions.Where(s => s.AccountId == account.Id).ExecuteDeleteAsync(cancellationToken);
        db.Audit.Add(Line(account.OrganizationId, AuditAction.SecondStepTurnedOff, account.UserName ?? "", account.Id, "", now));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return RescueOutcome.Done;
    }

    private static AuditEntry Line(int organization, AuditAction action, string subject, string? accountId, string detail, DateTime now) => new()
    {
        OrganizationId = organization, At = now, Action = action, Name = Environment.UserName, Subject = subject, SubjectAccountId = accountId, Address = Actor.Shell, Detail = detail,
    };
}

/// <summary>What became of a wish from a shell.</summary>
public enum RescueOutcome { Done, NoMember, NotOn }
