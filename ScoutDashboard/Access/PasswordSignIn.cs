using Microsoft.AspNetCore.Identity;
using ScoutDashboard.Data;

namespace ScoutDashboard.Access;

/// <summary>Signs a person in by name and password; five wrong passwords lock the account for a while.</summary>
public sealed class PasswordSignIn(SignInManager<Account> signIn, UserManager<Account> users)
{
    /// <summary>How long an account stays locked.</summary>
    public const int LockoutMinutes = 15;

    /// <summary>Sets the session cookie on the current response if name and password are right.</summary>
    public async Task<SignInOutcome> TryAsync(SignInForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (await users.FindByNameAsync(form.Name.Trim()) is not { } account)
        {
            // As slow as a wrong password, so that time does not tell which names exist.
            users.PasswordHasher.HashPassword(new Account(), form.Password);
            return SignInOutcome.Refused;
        }

        var result = await signIn.PasswordSignInAsync(account, form.Password, form.Remember, lockoutOnFailure: true);
        return result.Succeeded ? SignInOutcome.SignedIn : result.IsLockedOut ? SignInOutcome.LockedOut : SignInOutcome.Refused;
    }
}

/// <summary>How an attempt to sign in went.</summary>
public enum SignInOutcome { SignedIn, Refused, LockedOut }
