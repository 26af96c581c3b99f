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

    /// <summary>As it was made: people type spaces, dashes and small letters.</summary>
    internal static string Plain(string typed) => new([.. typed.Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant)]);

    /// <summary>E.g. <c>ABCD-EFGH-IJKL-MN23</c>.</summary>
    internal static string NewRecoveryCode() => string.Join('-', Base32.Encode(RandomNumberGenerator.GetBytes(RecoveryBytes)).Chunk(RecoveryGroup).Select(group => new string(group)));

    internal static byte[] HashOf(string accountId, string code) => UrlKey.Hash($"{accountId}\n{code}");

    private async Task<bool> TakeTimeCodeAsync(string accountId, string code, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var closed = await db.Authenticators.Where(a => a.AccountId == accountId && a.ConfirmedAt != null).Select(a => a.ProtectedKey).SingleOrDefaultAsync(cancellationToken);
        if (closed is null || vault.Open(accountId, closed) is not { } key || TimeCode.StepOf(key, code, clock.GetUtcNow()) is not { } step)
        {
            return false;
        }

        // RFC 6238 section 5.2: of two who bring the same code at once, one finds it used.
        return await db.Authenticators.Where(a => a.AccountId == accountId && a.ConfirmedAt != null && a.LastStep < step)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.LastStep, step), cancellationToken) == 1;
    }

    private async Task<bool> TakeRecoveryCodeAsync(Account account, string code, string address, CancellationToken cancellationToken)
    {
        var hash = HashOf(account.Id, code);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.RecoveryCodes.Where(c => c.AccountId == account.Id && c.Hash == hash).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return false;
        }

        var left = await db.RecoveryCodes.CountAsync(c => c.AccountId == account.Id, cancellationToken);
        var line = SessionService.Line(account, AuditAction.RecoveryCodeUsed, address, clock.GetUtcNow().UtcDateTime);
        line.Detail = $"{left.ToString(CultureInfo.InvariantCulture)} left";
        db.Audit.Add(line);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
