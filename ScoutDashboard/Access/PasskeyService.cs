using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Lists, renames and removes somebody's own passkeys.</summary>
public sealed class PasskeyService(IDbContextFactory<ScoutDb> databases, Reauthentication reauthentication, TimeProvider clock)
{
    public const int MaxNameLength = 60;

    /// <summary>Passkeys that one account may have.</summary>
    public const int Max = 20;

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<PasskeyRow>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Viewer, clock, cancellationToken);
        return await db.Passkeys.Where(p => p.AccountId == actor.AccountId).OrderBy(p => p.Id).Select(p => new PasskeyRow(p.Id, p.Name, p.CreatedAt, p.LastUsedAt, p.IsBackedUp)).ToListAsync(cancellationToken);
    }

    public async Task RenameAsync(Actor actor, long id, string name, CancellationToken cancellationToken)
    {
        var text = NameOf(name);
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Viewer, clock, cancellationToken);
        if (text.Length > 0 && await change.Db.Passkeys.SingleOrDefaultAsync(p => p.Id == id && p.AccountId == actor.AccountId, cancellationToken) is { } passkey && passkey.Name != text)
        {
            change.Note(AuditAction.PasskeyRenamed, actor.Name, $"{passkey.Name} → {text}", actor.AccountId);
            passkey.Name = text;
            await change.CommitAsync(cancellationToken);
        }
    }

    public async Task<PasswordAnswer> RemoveAsync(Actor actor, long id, string password, CancellationToken cancellationToken)
    {
        if (await reauthentication.AskAsync(actor, password, cancellationToken) is not PasswordAnswer.Right and var answer)
        {
            return answer;
        }

        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Viewer, clock, cancellationToken);
        if (await change.Db.Passkeys.SingleOrDefaultAsync(p => p.Id == id && p.AccountId == actor.AccountId, cancellationToken) is { } passkey)
        {
            change.Db.Passkeys.Remove(passkey);
            change.Note(AuditAction.PasskeyRemoved, actor.Name, passkey.Name, actor.AccountId);
            await change.CommitAsync(cancellationToken);
        }

        return PasswordAnswer.Right;
    }

    /// <summary>Writes down that a passkey signed; false where its count did not rise: of two answers with the same count, one is a copy's.</summary>
    internal async Task<bool> CountUseAsync(string accountId, UserPasskeyInfo passkey)
    {
        var (count, now) = ((long)passkey.SignCount, clock.GetUtcNow().UtcDateTime);
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        return await db.Passkeys.Where(p => p.AccountId == accountId && p.CredentialId == passkey.CredentialId && (p.SignCount < count || (count == 0 && p.SignCount == 0)))
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.SignCount, count).SetProperty(p => p.IsBackedUp, passkey.IsBackedUp).SetProperty(p => p.LastUsedAt, now)) == 1;
    }

    internal static string NameOf(string name) => DisplayText.Sanitise(name.Trim(), MaxNameLength);
}

/// <summary>One passkey; times are UTC. IsBackedUp: it is kept by a service, and on other devices, too.</summary>
public sealed record PasskeyRow(long Id, string Name, DateTime CreatedAt, DateTime? LastUsedAt, bool IsBackedUp);
