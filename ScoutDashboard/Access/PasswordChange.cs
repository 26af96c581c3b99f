using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>Changes the password of whoever is signed in, and ends their sessions in all other browsers. Wrong current passwords count as tries to sign in do.</summary>
public sealed class PasswordChange(SignInManager<Account> signIn, SignInThrottle throttle, SingleSignOnOptions settings, ScoutDb db, TimeProvider clock)
{
    /// <returns>Why not, as sentences for a person; none where it is changed; null where nobody is signed in any more.</returns>
    public async Task<IReadOnlyList<string>?> TryAsync(ChangePasswordForm form, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(form);
        var users = signIn.UserManager;
        var actor = Visitor.ActorOf(signIn.Context.User);
        if (await users.FindByIdAsync(actor.AccountId) is not { } account)
        {
            return null;
        }

        if (!settings.LocalSignIn || account.PasswordHash is null)
        {
            return ["You sign in without a password."];
        }

        var (name, network) = (account.NormalizedUserName ?? "", ClientNetwork.Of(signIn.Context.Connection.RemoteIpAddress));
        if (throttle.Begin(name, network) == Turn.Refused)
        {
            return [$"Too many attempts. Wait {SignInThrottle.Minutes} minutes, then try again."];
        }

        // The account's manager saves by the same context, so password, sessions and audit line change together.
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var result = await users.ChangePasswordAsync(account, form.Current, form.Password);
        var isWrong = result.Errors.Any(error => error.Code == nameof(IdentityErrorDescriber.PasswordMismatch));
        if (!isWrong)
        {
            throttle.Forgive(name, network);
        }

        if (!result.Succeeded && !isWrong)
        {
            return Reasons(result);
        }

        if (result.Succeeded)
        {
            await db.Sessions.Where(s => s.AccountId == account.Id && s.Id != actor.SessionId).ExecuteDeleteAsync(cancellationToken);
        }

        db.Audit.Add(SessionService.Line(account, isWrong ? AuditAction.PasswordChangeFailed : AuditAction.PasswordChanged, actor.Address, clock.GetUtcNow().UtcDateTime));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (isWrong)
        {
            return Reasons(result);
        }

        await signIn.RefreshSignInAsync(account);
        return [];
    }

    private static IReadOnlyList<string> Reasons(IdentityResult result) => [.. result.Errors.Select(error => error.Description)];
}
