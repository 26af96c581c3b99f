using Microsoft.AspNetCore.Identity;
using ScoutDashboard.Data;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>Signs somebody in by a passkey, which stands for password and code: their device has asked for finger, face or PIN.</summary>
public sealed class PasskeySignIn(SignInManager<Account> signIn, IPasskeyHandler<Account> handler, PasskeyChallenges challenges, PasskeyService passkeys, SessionService sessions, SingleSignOnOptions settings)
{
    /// <summary>A challenge for whichever account the person's device knows, as JSON for the browser; null where only the issuer signs in.</summary>
    public async Task<string?> BeginAsync()
    {
        if (!settings.LocalSignIn)
        {
            return null;
        }

        var made = await handler.MakeRequestOptionsAsync(null, signIn.Context);
        challenges.Begin(signIn.Context, PasskeyPurpose.SignIn, "", made.AssertionState ?? "");
        return made.RequestOptionsJson;
    }

    /// <summary>Sets the session cookie on the current response if the answer is right; writes down in the audit log if not.</summary>
    /// <param name="credential">What the browser answered, as JSON.</param>
    public async Task<PasskeyOutcome> TryAsync(string credential)
    {
        var http = signIn.Context;
        if (!settings.LocalSignIn || challenges.Find(http, PasskeyPurpose.SignIn, "") is not { } challenge)
        {
            return PasskeyOutcome.Expired;
        }

        var result = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = credential, AssertionState = challenge.State });
        // Of an account that has no password any more its passkeys are worth nothing either.
        if (!result.Succeeded || result.User.PasswordHash is null || !challenges.TryUse(http, challenge) || !await passkeys.CountUseAsync(result.User.Id, result.Passkey))
        {
            await sessions.NoteFailedSignInAsync(result.User, "The passkey was not accepted.", Visitor.AddressOf(http), CancellationToken.None);
            return PasskeyOutcome.Refused;
        }

        await signIn.SignInAsync(result.User, isPersistent: false);
        return PasskeyOutcome.Done;
    }
}

/// <summary>What became of a passkey. Expired: the challenge waited too long, or is another's.</summary>
public enum PasskeyOutcome { Done, Expired, Refused, WrongPassword, TooMany, NoPassword, Full }
