using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>Looks at the codes of the second step when somebody signs in; each counts once.</summary>
public sealed class SecondStepCheck(IDbContextFactory<ScoutDb> databases, AuthenticatorVault vault, TimeProvider clock)
{
    // 80 bits: what can be read of the database can't be guessed back.
    private const int RecoveryBytes = 10;
    private const int RecoveryGroup = 4;

    /// <summary>Wrong codes in a row after which no code of the app counts any more: whoever has the password could go on guessing for months (NIST SP 800-63B section 3.2.2).</summary>
    public const int MostWrongCodes = 100;

    /// <summary>Whether the account needs a code after its password.</summary>
    public async Task<bool> IsNeededAsync(string accountId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Authenticators.AnyAsync(a => a.AccountId == accountId && a.ConfirmedAt != null, cancellationToken);
    }

    /// <summary>Uses a code of the app or a recovery code up; false where it is neither, or was used before.</summary>
    /// <param name="address">IP address, for the audit log.</param>
    public Task<bool> TakeAsync(Account account, string typed, string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var code = Plain(typed);
        return code.Length == TimeCode.Digits ? TakeTimeCodeAsync(account.Id, code, cancellationToken) : TakeRecoveryCodeAsync(account, code, address, cancellationToken);
    }

    /// <summary>Whether there were so many wrong codes of the app that only recovery codes count.</summary>
    public async Task<bool> IsAppClosedAsync(string accountId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Authenticators.AnyAsync(a => a.AccountId == accountId && a.WrongCodes >= MostWrongCodes, cancellationToken);
    }

    /// <summary>As it was made: people type spaces, dashes and small letters.</summary>
    internal static string Plain(string typed) => new([.. typed.Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant)]);

    /// <summary>E.g. <c>ABCD-EFGH-IJKL-MN23</c>.</summary>
    internal static string NewRecoveryCode() => string.Join('-', Base32.Encode(RandomNumberGenerator.GetBytes(RecoveryBytes)).Chunk(RecoveryGroup).Select(group => new string(group)));

    internal static byte[] HashOf(string accountId, string code) => UrlKey.Hash($"{accountId}\n{code}");

    private async Task<bool> TakeTimeCodeAsync(string accountId, string code, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var closed = await db.Authenticators.Where(a => a.AccountId == accountId && a.ConfirmedAt != null && a.WrongCodes < MostWrongCodes).Select(a => a.ProtectedKey).SingleOrDefaultAsync(cancellationToken);
        var now = clock.GetUtcNow();
        if (closed is null || vault.Open(accountId, closed) is not { } key)
        {
            return false;
        }

        if (TimeCode.StepOf(key, code, now) is not { } step)
        {
            await db.Authenticators.Where(a => a.AccountId == accountId).ExecuteUpdateAsync(set => set.SetProperty(a => a.WrongCodes, a => a.WrongCodes + 1), cancellationToken);
            return false;
        }

        // RFC 6238 section 5.2: of two who bring the same code at once, one finds it used.
        // One that a wrong clock used in the future closes nothing until then.
        var latest = TimeCode.LatestAt(now);
        return await db.Authenticators.Where(a => a.AccountId == accountId && a.ConfirmedAt != null && (a.LastStep < step || a.LastStep > latest))
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.LastStep, step).SetProperty(a => a.WrongCodes, 0), cancellationToken) == 1;
    }

    private async Task<bool> TakeRecoveryCodeAsync(Account account, string code, string address, CancellationToken cancellationToken)
    {
        var hash = HashOf(account.Id, code);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        if (await db.RecoveryCodes.Where(c => c.AccountId == account.Id && c.Hash == hash).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return false;
        }

        await db.Authenticators.Where(a => a.AccountId == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.WrongCodes, 0), cancellationToken);
        var left = await db.RecoveryCodes.CountAsync(c => c.AccountId == account.Id, cancellationToken);
        var line = SessionService.Line(account, AuditAction.RecoveryCodeUsed, address, clock.GetUtcNow().UtcDateTime);
        line.Detail = $"{left.ToString(CultureInfo.InvariantCulture)} left";
        db.Audit.Add(line);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
