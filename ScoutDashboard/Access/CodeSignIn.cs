using Microsoft.AspNetCore.Identity;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>The second step of a sign-in: a code of the person's app, or a recovery code. Wrong ones are counted apart from passwords, so that a right password forgives none.</summary>
public sealed class CodeSignIn(SignInManager<Account> signIn, SecondStepCheck check, SessionService sessions, SignInThrottle throttle, SingleSignOnOptions settings)
{
    /// <summary>Whether this browser's password was right a moment ago.</summary>
    public async Task<bool> IsPendingAsync() => await FindAsync() is not null;

    /// <summary>Sets the session cookie on the current response if the code is right; writes down in the audit log if not.</summary>
    public async Task<CodeOutcome> TryAsync(CodeForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (await FindAsync() is not ({ } account, { } pending))
        {
            return CodeOutcome.Expired;
        }

        var (name, network, address) = ($"{account.NormalizedUserName}\ncode", ClientNetwork.Of(signIn.Context.Connection.RemoteIpAddress), Visitor.AddressOf(signIn.Context));
        var isHeard = throttle.Begin(name, network) switch
        {
            Turn.Free => true,
            Turn.OnlyWhereSignedIn => await sessions.IsSignedInFromAsync(account.Id, network, CancellationToken.None),
            _ => false,
        };
        if (!isHeard || await check.FindAsync(account, form.Code, address, CancellationToken.None) is not { } proof || !await AdmitAsync(account, proof, pending.Remember))
        {
            await sessions.NoteFailedSignInAsync(account, isHeard ? "The password was right, the code of the second step was not." : "The password was right; there were too many codes.", address, CancellationToken.None);
            return !isHeard ? CodeOutcome.TooMany : await check.IsAppClosedAsync(account.Id, CancellationToken.None) ? CodeOutcome.AppClosed : CodeOutcome.Wrong;
        }

        throttle.Forgive(name, network);
        await PendingSignIn.EndAsync(signIn.Context);
        return CodeOutcome.SignedIn;
    }

    private async Task<bool> AdmitAsync(Account account, SessionProof proof, bool remember)
    {
        try
        {
            await signIn.SignInAsync(account, SessionCookie.With(proof, remember));
            return true;
        }
        catch (CodeUsedException)
        {
            return false;
        }
    }

    private async Task<(Account Account, PendingSignIn Pending)?> FindAsync() => settings.LocalSignIn && await PendingSignIn.FindAsync(signIn.Context) is { } pending
        && await signIn.UserManager.FindByIdAsync(pending.AccountId) is { } account && account.SecurityStamp == pending.Stamp
        && await check.IsNeededAsync(account.Id, CancellationToken.None) ? (account, pending) : null;
}

/// <summary>How the second step went. TooMany: the code was not looked at. Expired: the password has to be given again. AppClosed: wrong, and after so many only recovery codes count.</summary>
public enum CodeOutcome { SignedIn, Wrong, TooMany, Expired, AppClosed }
