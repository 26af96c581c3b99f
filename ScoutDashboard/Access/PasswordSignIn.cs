using Microsoft.AspNetCore.Identity;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>Signs a person in by name and password. Whether a name exists is told by neither the answer nor its time: each try costs one hash.</summary>
public sealed class PasswordSignIn(SignInManager<Account> signIn, SessionService sessions, SignInThrottle throttle, SingleSignOnOptions settings)
{
    /// <summary>Sets the session cookie on the current response if name and password are right and no code is needed; writes down in the audit log if not.</summary>
    public async Task<SignInOutcome> TryAsync(SignInForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (!settings.LocalSignIn)
        {
            await sessions.NoteFailedSignInAsync(null, "Sign-in with a password is switched off.", Visitor.AddressOf(signIn.Context), CancellationToken.None);
            return SignInOutcome.Refused;
        }

        var (name, network) = (signIn.UserManager.NormalizeName(form.Name.Trim()), ClientNetwork.Of(signIn.Context.Connection.RemoteIpAddress));
        var account = await signIn.UserManager.FindByNameAsync(name);
        var isHeard = throttle.Begin(name, network) switch
        {
            Turn.Free => true,
            Turn.OnlyWhereSignedIn => account is not null && await sessions.IsSignedInFromAsync(account.Id, network, CancellationToken.None),
            _ => false,
        };
        if (account is { PasswordHash: not null } && isHeard)
        {
            if ((await signIn.CheckPasswordSignInAsync(account, form.Password, lockoutOnFailure: false)).Succeeded)
            {
                throttle.Forgive(name, network);
                return await AdmitAsync(account, form.Remember);
            }
        }
        else
        {
            signIn.UserManager.PasswordHasher.HashPassword(new Account(), form.Password);
        }

        await sessions.NoteFailedSignInAsync(account, isHeard ? account is null ? "There is no account of that name." : account.PasswordHash is null ? "The account has no password." : "The password was wrong." : "There were too many attempts.",
            Visitor.AddressOf(signIn.Context), CancellationToken.None);
        return isHeard ? SignInOutcome.Refused : SignInOutcome.TooMany;
    }

    private async Task<SignInOutcome> AdmitAsync(Account account, bool remember)
    {
        try
        {
            await signIn.SignInAsync(account, SessionCookie.With(SecondStepCheck.ProvePasswordAsync, remember));
            return SignInOutcome.SignedIn;
        }
        catch (SecondStepNeededException)
        {
            await PendingSignIn.BeginAsync(signIn.Context, account, remember);
            return SignInOutcome.NeedsCode;
        }
    }
}

/// <summary>How an attempt to sign in went. TooMany: the password was not looked at, whether the name exists or not. NeedsCode: the password was right, and <see cref="CodeSignIn"/> goes on.</summary>
public enum SignInOutcome { SignedIn, NeedsCode, Refused, TooMany }
