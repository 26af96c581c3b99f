using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Turns the second step of somebody's own sign-in on and off, and makes the recovery codes that stand in for it.</summary>
public sealed class SecondStepService(IDbContextFactory<ScoutDb> databases, Reauthentication reauthentication, AuthenticatorVault vault, TimeProvider clock)
{
    /// <summary>Recovery codes that are made at a time.</summary>
    public const int RecoveryCodes = 10;

    /// <summary>How long a key that was shown waits for the code that confirms it.</summary>
    public static readonly TimeSpan SetUpLimit = TimeSpan.FromMinutes(15);

    public async Task<SecondStepState> FindAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Viewer, clock, cancellationToken);
        return new SecondStepState(
            await db.Authenticators.Where(a => a.AccountId == actor.AccountId).Select(a => a.ConfirmedAt).SingleOrDefaultAsync(cancellationToken),
            await db.RecoveryCodes.CountAsync(code => code.AccountId == actor.AccountId, cancellationToken));
    }

    /// <summary>Makes a key for the app; nothing is asked of it before <see cref="ConfirmAsync"/>.</summary>
    public async Task<SecondStepOffer> BeginAsync(Actor actor, string password, CancellationToken cancellationToken)
    {
        if (await reauthentication.AskAsync(actor, password, cancellationToken) is not PasswordAnswer.Right and var answer)
        {
            return new SecondStepOffer(Of(answer), []);
        }

        var key = RandomNumberGenerator.GetBytes(TimeCode.KeyBytes);
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Viewer, clock, cancellationToken);
        await change.Db.Authenticators.Where(a => a.AccountId == actor.AccountId && a.ConfirmedAt == null).ExecuteDeleteAsync(cancellationToken);
        if (await change.Db.Authenticators.AnyAsync(a => a.AccountId == actor.AccountId, cancellationToken))
        {
            return new SecondStepOffer(SecondStepOutcome.AlreadyOn, []);
        }

        change.Db.Authenticators.Add(new Authenticator { AccountId = actor.AccountId, ProtectedKey = vault.Protect(actor.AccountId, key), CreatedAt = change.Now });
        await change.CommitAsync(cancellationToken);
        return new SecondStepOffer(SecondStepOutcome.Done, key);
    }

    /// <summary>Turns it on if the code is one that the app makes of the key. Who is signed in elsewhere came by the password alone, so that ends.</summary>
    public async Task<SecondStepCodes> ConfirmAsync(Actor actor, string code, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Viewer, clock, cancellationToken);
        var oldest = change.Now - SetUpLimit;
        if (await change.Db.Authenticators.SingleOrDefaultAsync(a => a.AccountId == actor.AccountId && a.ConfirmedAt == null && a.CreatedAt >= oldest, cancellationToken) is not { } authenticator)
        {
            return new SecondStepCodes(SecondStepOutcome.Expired, []);
        }

        if (vault.Open(actor.AccountId, authenticator.ProtectedKey) is not { } key || TimeCode.StepOf(key, SecondStepCheck.Plain(code), clock.GetUtcNow()) is not { } step)
        {
            return new SecondStepCodes(SecondStepOutcome.WrongCode, []);
        }

        (authenticator.ConfirmedAt, authenticator.LastStep) = (change.Now, step);
        change.Note(AuditAction.SecondStepTurnedOn, actor.Name, accountId: actor.AccountId);
        var ended = await change.Db.Sessions.Where(s => s.AccountId == actor.AccountId && s.Id != actor.SessionId).ExecuteDeleteAsync(cancellationToken);
        if (ended > 0)
        {
            change.Note(AuditAction.SessionsEnded, actor.Name, ended.ToString(CultureInfo.InvariantCulture), actor.AccountId);
        }

        return new SecondStepCodes(SecondStepOutcome.Done, await ReplaceCodesAsync(change, actor, cancellationToken));
    }

    /// <summary>Makes new recovery codes; those of before are void.</summary>
    public async Task<SecondStepCodes> RenewCodesAsync(Actor actor, string password, CancellationToken cancellationToken)
    {
        if (await reauthentication.AskAsync(actor, password, cancellationToken) is not PasswordAnswer.Right and var answer)
        {
            return new SecondStepCodes(Of(answer), []);
        }

        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Viewer, clock, cancellationToken);
        return await change.Db.Authenticators.AnyAsync(a => a.AccountId == actor.AccountId && a.ConfirmedAt != null, cancellationToken)
            ? new SecondStepCodes(SecondStepOutcome.Done, await ReplaceCodesAsync(change, actor, cancellationToken))
            : new SecondStepCodes(SecondStepOutcome.NotOn, []);
    }

    public async Task<SecondStepOutcome> TurnOffAsync(Actor actor, string password, CancellationToken cancellationToken)
    {
        if (await reauthentication.AskAsync(actor, password, cancellationToken) is not PasswordAnswer.Right and var answer)
        {
            return Of(answer);
        }

        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Viewer, clock, cancellationToken);
        if (!await RemoveStepAsync(change.Db, actor.AccountId, cancellationToken))
        {
            return SecondStepOutcome.NotOn;
        }

        change.Note(AuditAction.SecondStepTurnedOff, actor.Name, accountId: actor.AccountId);
        await change.CommitAsync(cancellationToken);
        return SecondStepOutcome.Done;
    }

    /// <summary>Takes an account's authenticator, codes and passkeys away, which are on the same phone; false where it had none that counted.</summary>
    internal static async Task<bool> RemoveAllAsync(ScoutDb db, string accountId, CancellationToken cancellationToken)
    {
        var passkeys = await db.Passkeys.Where(p => p.AccountId == accountId).ExecuteDeleteAsync(cancellationToken);
        return await RemoveStepAsync(db, accountId, cancellationToken) || passkeys > 0;
    }

    private static async Task<bool> RemoveStepAsync(ScoutDb db, string accountId, CancellationToken cancellationToken)
    {
        await db.RecoveryCodes.Where(code => code.AccountId == accountId).ExecuteDeleteAsync(cancellationToken);
        var wasOn = await db.Authenticators.AnyAsync(a => a.AccountId == accountId && a.ConfirmedAt != null, cancellationToken);
        await db.Authenticators.Where(a => a.AccountId == accountId).ExecuteDeleteAsync(cancellationToken);
        return wasOn;
    }

    private static async Task<IReadOnlyList<string>> ReplaceCodesAsync(MemberChange change, Actor actor, CancellationToken cancellationToken)
    {
        await change.Db.RecoveryCodes.Where(code => code.AccountId == actor.AccountId).ExecuteDeleteAsync(cancellationToken);
        string[] codes = [.. Enumerable.Range(0, RecoveryCodes).Select(_ => SecondStepCheck.NewRecoveryCode())];
        change.Db.RecoveryCodes.AddRange(codes.Select(code => new RecoveryCode { AccountId = actor.AccountId, Hash = SecondStepCheck.HashOf(actor.AccountId, SecondStepCheck.Plain(code)) }));
        change.Note(AuditAction.RecoveryCodesMade, actor.Name, RecoveryCodes.ToString(CultureInfo.InvariantCulture), actor.AccountId);
        await change.CommitAsync(cancellationToken);
        return codes;
    }

    private static SecondStepOutcome Of(PasswordAnswer answer) => answer switch
    {
        PasswordAnswer.TooMany => SecondStepOutcome.TooMany,
        PasswordAnswer.NoPassword => SecondStepOutcome.NoPassword,
        _ => SecondStepOutcome.WrongPassword,
    };
}

/// <param name="Since">When it was turned on, UTC; null where it is off.</param>
/// <param name="CodesLeft">Recovery codes that were not used.</param>
public sealed record SecondStepState(DateTime? Since, int CodesLeft);

/// <param name="Key">The key for the app; empty where there is none. It is not shown again.</param>
public sealed record SecondStepOffer(SecondStepOutcome Outcome, byte[] Key);

/// <param name="Codes">The recovery codes, which are not kept and can't be shown again.</param>
public sealed record SecondStepCodes(SecondStepOutcome Outcome, IReadOnlyList<string> Codes);

/// <summary>What became of a wish about the second step. Expired: the key waited too long for its code, or another was made since.</summary>
public enum SecondStepOutcome { Done, WrongPassword, TooMany, NoPassword, AlreadyOn, NotOn, Expired, WrongCode }
