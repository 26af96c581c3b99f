using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Access;

/// <summary>What an administrator made and knows, and could come back by as nobody or under another name: invitation links and API keys. And what they let the dashboard do in Azure.</summary>
internal static class WaysBack
{
    /// <param name="withKeys">Whether their API keys end, too.</param>
    /// <param name="note">Writes down each that was taken back: its subject and detail.</param>
    public static async Task TakeAsync(ScoutDb db, Account account, bool withKeys, Action<AuditAction, string, string> note, CancellationToken cancellationToken)
    {
        await db.AzureConsents.Where(c => c.Session!.AccountId == account.Id).ExecuteDeleteAsync(cancellationToken);
        foreach (var invitation in await db.Invitations.Where(i => i.OrganizationId == account.OrganizationId && i.InvitedBy == account.UserName).ToListAsync(cancellationToken))
        {
            db.Invitations.Remove(invitation);
            note(AuditAction.InvitationRevoked, invitation.Note, invitation.Role.ToString());
        }

        if (!withKeys)
        {
            return;
        }

        foreach (var key in await db.ApiKeys.Where(k => k.OrganizationId == account.OrganizationId && k.CreatedBy == account.UserName).ToListAsync(cancellationToken))
        {
            db.ApiKeys.Remove(key);
            note(AuditAction.ApiKeyRevoked, key.Name, $"{key.Start}…");
        }
    }
}
