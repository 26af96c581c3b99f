using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Makes, lists, checks and revokes the keys of programs.</summary>
public sealed class ApiKeyService(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    public const int MaxNameLength = 100;

    /// <summary>The longest life of a key, in days.</summary>
    public const int MaxDays = 365;

    // By which scanners for leaked secrets, and people, see what it is.
    private const string Prefix = "scout_";
    private const int ShownLength = 12;
    private static readonly TimeSpan UseInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UseWait = TimeSpan.FromSeconds(1);

    /// <summary>Makes a key and returns it; it is not kept and can't be shown again.</summary>
    /// <param name="days">1 to <see cref="MaxDays"/>.</param>
    public async Task<string> CreateAsync(Actor actor, string name, ApiScopes scopes, int days, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)scopes, 0, nameof(scopes));
        ArgumentOutOfRangeException.ThrowIfNotEqual((int)(scopes & ~(ApiScopes.Exports | ApiScopes.Audit | ApiScopes.Metrics)), 0, nameof(scopes));
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, MaxDays);
        var key = Prefix + UrlKey.Create();
        var text = DisplayText.Sanitise(name.Trim(), MaxNameLength);
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        change.Db.ApiKeys.Add(new ApiKey
        {
            OrganizationId = actor.OrganizationId, Name = text, KeyHash = UrlKey.Hash(key), Start = key[..ShownLength], Scopes = scopes,
            CreatedBy = actor.Name, CreatedAt = change.Now, ExpiresAt = change.Now.AddDays(days),
        });
        change.Note(AuditAction.ApiKeyCreated, text, $"{key[..ShownLength]}…, {scopes}, {days} days");
        await change.CommitAsync(cancellationToken);
        return key;
    }

    /// <summary>All keys, also those that have expired, newest first.</summary>
    public async Task<IReadOnlyList<ApiKeyRow>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        return await db.ApiKeys.Where(k => k.OrganizationId == actor.OrganizationId).OrderByDescending(k => k.Id)
            .Select(k => new ApiKeyRow(k.Id, k.Name, k.Start, k.Scopes, k.CreatedBy, k.ExpiresAt, k.ExpiresAt <= now, k.LastUsedAt, k.LastUsedFrom)).ToListAsync(cancellationToken);
    }

    /// <summary>Ends a key at once.</summary>
    public async Task RevokeAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await change.Db.ApiKeys.SingleOrDefaultAsync(k => k.Id == id && k.OrganizationId == actor.OrganizationId, cancellationToken) is { } key)
        {
            change.Db.ApiKeys.Remove(key);
            change.Note(AuditAction.ApiKeyRevoked, key.Name, $"{key.Start}…");
            await change.CommitAsync(cancellationToken);
        }
    }

    /// <summary>What a key may do, or null where it is none of ours, was revoked or has expired; writes down its use.</summary>
    public async Task<ApiKeyGrant?> UseAsync(string key, string address, CancellationToken cancellationToken)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var hash = UrlKey.Hash(key);
        var now = clock.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.ApiKeys.Where(k => k.KeyHash == hash && k.ExpiresAt > now)
            .Select(k => new { k.Id, k.LastUsedAt, k.LastUsedFrom, Grant = new ApiKeyGrant(k.OrganizationId, k.Name, k.Scopes) }).SingleOrDefaultAsync(cancellationToken);
        if (found is not null && (found.LastUsedFrom != address || !(now - found.LastUsedAt < UseInterval)))
        {
            await TouchAsync(db, found.Id, now, address, cancellationToken);
        }

        return found?.Grant;
    }

    // A database that is busy for long lets it be: the next use tells it again.
    private static async Task TouchAsync(ScoutDb db, long id, DateTime now, string address, CancellationToken cancellationToken)
    {
        db.LimitWait(UseWait);
        try
        {
            await db.ApiKeys.Where(k => k.Id == id).ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedAt, now).SetProperty(k => k.LastUsedFrom, address), cancellationToken);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY)
        {
            return;
        }
    }
}

/// <summary>One key as its page shows it; times are UTC.</summary>
public sealed record ApiKeyRow(long Id, string Name, string Start, ApiScopes Scopes, string CreatedBy, DateTime ExpiresAt, bool HasExpired, DateTime? LastUsedAt, string? LastUsedFrom);

/// <summary>What a program may do that shows a key.</summary>
public sealed record ApiKeyGrant(int OrganizationId, string Name, ApiScopes Scopes);
