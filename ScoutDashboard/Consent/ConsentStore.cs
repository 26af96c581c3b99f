using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Consent;

/// <summary>
/// Keeps that a person lets the dashboard act in Azure with their rights: with the session in which they said so, and for it alone. No other session opens it, not even of the
/// same person; sign-out, an ended session, a removed member and a lower role end it, on every replica at once.
/// </summary>
public sealed class ConsentStore(IDbContextFactory<ScoutDb> databases, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>How long it lasts at most, however long the token does.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Keeps a consent, in place of one before, if it is of the very person who is signed in.</summary>
    /// <exception cref="ForbiddenException">The session has ended, or the member is no administrator.</exception>
    public async Task<ConsentOutcome> GiveAsync(Actor actor, PersonToken token, CancellationToken cancellationToken)
    {
        var closed = Protector(actor.SessionId).Protect(token.Value);
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        var (db, now) = (change.Db, change.Now);
        var end = token.EndsAt < now + Longest ? token.EndsAt : now + Longest;
        if (end <= now)
        {
            return ConsentOutcome.Failed;
        }

        // As at the sign-in: the issuer, which is one tenant, and the person's number there for this application.
        if (!await db.UserLogins.AnyAsync(login => login.UserId == actor.AccountId && login.LoginProvider == token.Issuer && login.ProviderKey == token.Subject, cancellationToken))
        {
            change.Note(AuditAction.AzureConsentRefused, token.Name, "Another account than the one that is signed in.");
            await change.CommitAsync(cancellationToken);
            return ConsentOutcome.OtherAccount;
        }

        await db.AzureConsents.Where(c => c.SessionId == actor.SessionId || c.EndsAt <= now).ExecuteDeleteAsync(cancellationToken);
        db.AzureConsents.Add(new AzureConsent { SessionId = actor.SessionId, ProtectedToken = closed, Name = token.Name, GivenAt = now, EndsAt = end });
        change.Note(AuditAction.AzureConsentGiven, token.Name);
        await change.CommitAsync(cancellationToken);
        return ConsentOutcome.Given;
    }

    /// <summary>The person no longer wants it.</summary>
    /// <exception cref="ForbiddenException">The session has ended.</exception>
    public async Task EndAsync(Actor actor, CancellationToken cancellationToken)
    {
        // Also of who is no administrator any more.
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Viewer, clock, cancellationToken);
        if (await change.Db.AzureConsents.SingleOrDefaultAsync(c => c.SessionId == actor.SessionId, cancellationToken) is { } consent)
        {
            change.Db.AzureConsents.Remove(consent);
            change.Note(AuditAction.AzureConsentEnded, consent.Name);
            await change.CommitAsync(cancellationToken);
        }
    }

    /// <summary>What the member's session may do in Azure now; null where nothing.</summary>
    /// <exception cref="ForbiddenException">The session has ended.</exception>
    public async Task<GivenConsent?> FindAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Viewer, clock, cancellationToken);
        return await Of(db, actor).Select(c => new GivenConsent(c.Name, c.EndsAt)).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Erases those that ended by themselves.</summary>
    public async Task ForgetEndedAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = Now;
        await db.AzureConsents.Where(c => c.EndsAt <= now).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>The token, a secret; null where there is no consent of this session any more, or it can't be opened.</summary>
    internal async Task<string?> OpenAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await Of(db, actor).Select(c => c.ProtectedToken).SingleOrDefaultAsync(cancellationToken) is not { } closed)
        {
            return null;
        }

        try
        {
            return Protector(actor.SessionId).Unprotect(closed);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // Of a session that is open, of an account that is an administrator at this moment.
    private IQueryable<AzureConsent> Of(ScoutDb db, Actor actor)
    {
        var now = Now;
        return from consent in db.AzureConsents
               join session in db.OpenSessions(now) on consent.SessionId equals session.Id
               where consent.SessionId == actor.SessionId && session.AccountId == actor.AccountId && consent.EndsAt > now
                   && session.Account!.OrganizationId == actor.OrganizationId && session.Account.Role == MemberRole.Administrator
               select consent;
    }

    // A row that is copied to another session does not open there.
    private IDataProtector Protector(string sessionId) => protection.CreateProtector("ScoutDashboard.Consent", "azure", sessionId);
}

/// <summary>What the issuer gave for a person.</summary>
/// <param name="Value">The token for Azure's Resource Manager, a secret.</param>
/// <param name="Issuer">Who vouches for the person (<c>iss</c>).</param>
/// <param name="Subject">The person's number there (<c>sub</c>).</param>
/// <param name="Name">As the issuer calls them.</param>
/// <param name="EndsAt">When the token ends, UTC.</param>
public sealed record PersonToken(string Value, string Issuer, string Subject, string Name, DateTime EndsAt)
{
    /// <summary>Its name only: it holds a secret.</summary>
    public override string ToString() => nameof(PersonToken);
}

/// <param name="Name">As whom the dashboard acts.</param>
/// <param name="EndsAt">When that ends by itself, UTC.</param>
public sealed record GivenConsent(string Name, DateTime EndsAt);

/// <summary>What became of a consent. Refused: the issuer gave none. Late: whoever asked is not signed in any more as they were, or took too long.</summary>
public enum ConsentOutcome { Given, OtherAccount, Refused, Late, Failed, Unreachable }
