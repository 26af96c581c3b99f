using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>Changes the password of whoever is signed in, and ends their sessions in all other browsers.</summary>
public sealed class PasswordChange(SignInManager<Account> signIn, UserManager<Account> users, ScoutDb db, TimeProvider clock)
{
    /// <returns>Why not, as sentences for a person; none where it is changed; null where nobody is signed in any more.</returns>
    public async Task<IReadOnlyList<string>?> TryAsync(ChangePasswordForm form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(form);
        var actor = Visitor.ActorOf(signIn.Context.User);
        if (await users.FindByIdAsync(actor.AccountId) is not { } account)
        {
            return null;
        }

        // The account's manager saves by the same context, so password, sessions and audit line change together.
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var result = await users.ChangePasswordAsync(account, form.Current, form.Password);
        if (!result.Succeeded)
        {
            return [.. result.Errors.Select(e => e.Description)];
        }

        await db.Sessions.Where(s => s.AccountId == account.Id && s.Id != actor.SessionId).ExecuteDeleteAsync(cancellationToken);
        db.Audit.Add(SessionService.Line(account, AuditAction.PasswordChanged, actor.Address, clock.GetUtcNow().UtcDateTime));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await signIn.RefreshSignInAsync(account);
        return [];
    }
}
