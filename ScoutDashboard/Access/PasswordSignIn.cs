using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>Signs a person in by name and password; five wrong passwords lock the account for a while.</summary>
public sealed class PasswordSignIn(SignInManager<Account> signIn, UserManager<Account> users, IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>How long an account stays locked.</summary>
    public const int LockoutMinutes = 15;

    /// <summary>Sets the session cookie on the current response if name and password are right; writes down in the audit log if not.</summary>
    public async Task<SignInOutcome> TryAsync(SignInForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (await users.FindByNameAsync(form.Name.Trim()) is not { } account)
        {
            // As slow as a wrong password, so that time does not tell which names exist.
            users.PasswordHasher.HashPassword(new Account(), form.Password);
            await NoteFailureAsync(null, "There is no account of that name.");
            return SignInOutcome.Refused;
        }

        var result = await signIn.PasswordSignInAsync(account, form.Password, form.Remember, lockoutOnFailure: true);
        if (result.Succeeded)
        {
            return SignInOutcome.SignedIn;
        }

        await NoteFailureAsync(account, result.IsLockedOut ? "The account is locked for a while." : "The password was wrong.");
        return result.IsLockedOut ? SignInOutcome.LockedOut : SignInOutcome.Refused;
    }

    // A name that no account has is not kept: people type passwords there by mistake.
    private async Task NoteFailureAsync(Account? account, string reason)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var organization = account?.OrganizationId ?? await db.Organizations.OrderBy(o => o.Id).Select(o => o.Id).FirstOrDefaultAsync();
        db.Audit.Add(new AuditEntry
        {
            OrganizationId = organization, At = clock.GetUtcNow().UtcDateTime, Action = AuditAction.SignInFailed, Name = "", Subject = account?.UserName ?? "", Detail = reason,
            Address = Visitor.AddressOf(signIn.Context),
        });
        await db.SaveChangesAsync();
    }
}

/// <summary>How an attempt to sign in went.</summary>
public enum SignInOutcome { SignedIn, Refused, LockedOut }
