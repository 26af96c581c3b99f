using System.Globalization;
using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Opens, checks and ends the sessions of browsers.</summary>
public sealed class SessionService(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int MaxBrowserLength = 300;
    private static readonly TimeSpan TouchInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TouchWait = TimeSpan.FromSeconds(1);

    /// <summary>Begins a session of an account that has proven who it is; returns its id.</summary>
    /// <param name="browser">What the browser calls itself; any text.</param>
    /// <param name="endsAt">When it ends, used or not, UTC; null where it lasts as long as it is used.</param>
    /// <param name="proof">Null where nothing could have changed since it was shown. What it throws ends this.</param>
    public async Task<string> OpenAsync(string accountId, string browser, string address, DateTime? endsAt, SessionProof? proof, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var session = new AccountSession
        {
            Id = UrlKey.Create(), AccountId = accountId, Browser = DisplayText.Sanitise(browser, MaxBrowserLength), Address = address, CreatedAt = now, LastSeenAt = now, EndsAt = endsAt,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        if (proof is not null)
        {
            await proof(db, accountId, cancellationToken);
        }

        await Over(db, now).Where(s => s.AccountId == accountId).ExecuteDeleteAsync(cancellationToken);
        var account = await db.Users.SingleAsync(a => a.Id == accountId, cancellationToken);
        account.LastSignInAt = now;
        db.Sessions.Add(session);
        db.Audit.Add(Line(account, AuditAction.SignedIn, address, now));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return session.Id;
    }

    /// <summary>The session with what its account may do now, or null where it has ended, belongs to another account, or its security stamp was replaced.</summary>
    public async Task<OpenSession?> FindAsync(string id, string accountId, string stamp, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.OpenSessions(clock.GetUtcNow().UtcDateTime).Where(s => s.Id == id && s.AccountId == accountId && s.Account!.SecurityStamp == stamp)
            .Select(s => new OpenSession(s.Id, s.Account!.Role, s.Account.OrganizationId, s.Account.Organization!.Name, s.Address, s.LastSeenAt))
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Writes down that the session was seen, unless it was a moment ago from the same address. A database that is busy for long lets it be: the next request tells it again.</summary>
    public async Task TouchAsync(OpenSession session, string address, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (now - session.LastSeenAt < TouchInterval && session.Address == address)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.LimitWait(TouchWait);
        try
        {
            await db.Sessions.Where(s => s.Id == session.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, now).SetProperty(s => s.Address, address), cancellationToken);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY)
        {
            return;
        }
    }

    /// <summary>The person signs out.</summary>
    public async Task EndAsync(string id, string accountId, string address, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        if (await db.Sessions.Where(s => s.Id == id && s.AccountId == accountId).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return;
        }

        db.Audit.Add(Line(await db.Users.SingleAsync(a => a.Id == accountId, cancellationToken), AuditAction.SignedOut, address, clock.GetUtcNow().UtcDateTime));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The member's own sessions, last seen first.</summary>
    public async Task<IReadOnlyList<AccountSession>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Viewer, clock, cancellationToken);
        return await db.OpenSessions(clock.GetUtcNow().UtcDateTime).AsNoTracking().Where(s => s.AccountId == actor.AccountId).OrderByDescending(s => s.LastSeenAt).ToListAsync(cancellationToken);
    }

    /// <summary>Ends sessions of the member's own, but never the one that asks: one of them, or all where none is named.</summary>
    public async Task EndOthersAsync(Actor actor, string? id, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Viewer, clock, cancellationToken);
        var ended = await change.Db.Sessions.Where(s => s.AccountId == actor.AccountId && s.Id != actor.SessionId && (id == null || s.Id == id)).ExecuteDeleteAsync(cancellationToken);
        if (ended > 0)
        {
            change.Note(AuditAction.SessionsEnded, actor.Name, ended.ToString(CultureInfo.InvariantCulture));
            await change.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Whether the account is signed in from that network, see <see cref="ClientNetwork"/>.</summary>
    internal async Task<bool> IsSignedInFromAsync(string accountId, string network, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var addresses = await db.OpenSessions(clock.GetUtcNow().UtcDateTime).Where(s => s.AccountId == accountId).Select(s => s.Address).ToListAsync(cancellationToken);
        return addresses.Exists(address => IPAddress.TryParse(address, out var known) && ClientNetwork.Of(known) == network);
    }

    /// <summary>Writes down that somebody did not get in. A name that no account has is not kept: people type passwords there by mistake.</summary>
    internal async Task NoteFailedSignInAsync(Account? account, string reason, string address, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var organization = account?.OrganizationId ?? await db.Organizations.OrderBy(o => o.Id).Select(o => o.Id).FirstOrDefaultAsync(cancellationToken);
        db.Audit.Add(new AuditEntry
        {
            OrganizationId = organization, At = clock.GetUtcNow().UtcDateTime, Action = AuditAction.SignInFailed, Name = "", Subject = account?.UserName ?? "", SubjectAccountId = account?.Id,
            Detail = reason, Address = address,
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    private static IQueryable<AccountSession> Over(ScoutDb db, DateTime now)
    {
        var oldest = now - AccountSession.Lifetime;
        return db.Sessions.Where(s => s.LastSeenAt < oldest || s.EndsAt <= now);
    }

    internal static AuditEntry Line(Account account, AuditAction action, string address, DateTime at) => new()
    {
        OrganizationId = account.OrganizationId, At = at, Action = action, AccountId = account.Id, Name = account.UserName ?? "", Subject = account.UserName ?? "", SubjectAccountId = account.Id, Address = address,
    };
}

/// <summary>A session that is open, and what its account may do at this moment.</summary>
public sealed record OpenSession(string Id, MemberRole Role, int OrganizationId, string Organization, string Address, DateTime LastSeenAt);

/// <summary>
/// What is asked once more, or used up, in the transaction in which a session begins: either both are kept or neither. Throws where it proves nothing; what it adds to the
/// context is saved with the session.
/// </summary>
public delegate Task SessionProof(ScoutDb db, string accountId, CancellationToken cancellationToken);
