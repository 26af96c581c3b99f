using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Asks who is signed in for their password once more, before what protects the account changes. Wrong ones count as tries to sign in do.</summary>
public sealed class Reauthentication(IDbContextFactory<ScoutDb> databases, IPasswordHasher<Account> hasher, SignInThrottle throttle, TimeProvider clock)
{
    /// <exception cref="ForbiddenException">The session has ended.</exception>
    public async Task<PasswordAnswer> AskAsync(Actor actor, string password, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Viewer, clock, cancellationToken);
        var account = await db.Users.AsNoTracking().SingleAsync(a => a.Id == actor.AccountId, cancellationToken);
        if (account.PasswordHash is null)
        {
            return PasswordAnswer.NoPassword;
        }

        var (name, network) = (account.NormalizedUserName ?? "", ClientNetwork.Of(IPAddress.TryParse(actor.Address, out var address) ? address : null));
        if (throttle.Begin(name, network) == Turn.Refused)
        {
            return PasswordAnswer.TooMany;
        }

        if (hasher.VerifyHashedPassword(account, account.PasswordHash, password) != PasswordVerificationResult.Failed)
        {
            throttle.Forgive(name, network);
            return PasswordAnswer.Right;
        }

        db.Audit.Add(SessionService.Line(account, AuditAction.PasswordCheckFailed, actor.Address, clock.GetUtcNow().UtcDateTime));
        await db.SaveChangesAsync(cancellationToken);
        return PasswordAnswer.Wrong;
    }
}

/// <summary>What the password was. NoPassword: the account has none, for single sign-on signs it in.</summary>
public enum PasswordAnswer { Right, Wrong, TooMany, NoPassword }
