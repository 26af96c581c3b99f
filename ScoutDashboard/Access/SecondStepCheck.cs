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
        return await IsNeededAsync(db, accountId, cancellationToken);
    }

    /// <summary>A code of the app or a recovery code as a proof, which uses it up when the session begins, see <see cref="CodeUsedException"/>; null where it is neither.</summary>
    /// <param name="address">IP address, for the audit log.</param>
    public Task<SessionProof?> FindAsync(Account account, string typed, string address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(account);
        var code = Plain(typed);
        return code.Length == TimeCode.Digits ? FindTimeCodeAsync(account.Id, code, cancellationToken) : FindRecoveryCodeAsync(account, code, address, cancellationToken);
    }

    /// <summary>The proof of who has shown a password and nothing else.</summary>
    /// <exception cref="SecondStepNeededException">That is not enough.</exception>
    public static async Task ProvePasswordAsync(ScoutDb db, string accountId, CancellationToken cancellationToken)
    {
        if (await IsNeededAsync(db, accountId, cancellationToken))
        {
            throw new SecondStepNeededException();
        }
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

    private static Task<bool> IsNeededAsync(ScoutDb db, string accountId, CancellationToken cancellationToken) =>
        db.Authenticators.AnyAsync(a => a.AccountId == accountId && a.ConfirmedAt != null, cancellationToken);

    private async Task<SessionProof?> FindTimeCodeAsync(string accountId, string code, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var closed = await db.Authenticators.Where(a => a.AccountId == accountId && a.ConfirmedAt != null && a.WrongCodes < MostWrongCodes).Select(a => a.ProtectedKey).SingleOrDefaultAsync(cancellationToken);
        var now = clock.GetUtcNow();
        if (closed is null || vault.Open(accountId, closed) is not { } key)
        {
            return null;
        }

        if (TimeCode.StepOf(key, code, now) is not { } step)
        {
            await db.Authenticators.Where(a => a.AccountId == accountId).ExecuteUpdateAsync(set => set.SetProperty(a => a.WrongCodes, a => a.WrongCodes + 1), cancellationToken);
            return null;
        }

        return (session, _, token) => UseTimeCodeAsync(session, accountId, step, TimeCode.LatestAt(now), token);
    }

    // RFC 6238 section 5.2: of two who bring the same code at once, one finds it used.
    // One that a wrong clock used in the future closes nothing until then.
    private static async Task UseTimeCodeAsync(ScoutDb db, string accountId, long step, long latest, CancellationToken cancellationToken)
    {
        if (await db.Authenticators.Where(a => a.AccountId == accountId && a.ConfirmedAt != null && (a.LastStep < step || a.LastStep > latest))
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.LastStep, step).SetProperty(a => a.WrongCodes, 0), cancellationToken) == 0)
        {
            throw new CodeUsedException();
        }
    }

    private async Task<SessionProof?> FindRecoveryCodeAsync(Account account, string code, string address, CancellationToken cancellationToken)
    {
        var hash = HashOf(account.Id, code);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.RecoveryCodes.AnyAsync(c => c.AccountId == account.Id && c.Hash == hash, cancellationToken) ? (session, _, token) => UseRecoveryCodeAsync(session, account, hash, address, token) : null;
    }

    private async Task UseRecoveryCodeAsync(ScoutDb db, Account account, byte[] hash, string address, CancellationToken cancellationToken)
    {
        if (await db.RecoveryCodes.Where(c => c.AccountId == account.Id && c.Hash == hash).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            throw new CodeUsedException();
        }

        await db.Authenticators.Where(a => a.AccountId == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.WrongCodes, 0), cancellationToken);
        var left = await db.RecoveryCodes.CountAsync(c => c.AccountId == account.Id, cancellationToken);
        var line = SessionService.Line(account, AuditAction.RecoveryCodeUsed, address, clock.GetUtcNow().UtcDateTime);
        line.Detail = $"{left.ToString(CultureInfo.InvariantCulture)} left";
        db.Audit.Add(line);
    }
}

/// <summary>Somebody was sooner with the same code.</summary>
public sealed class CodeUsedException() : Exception("The code was used before.");

/// <summary>The account asks for a code after the password.</summary>
public sealed class SecondStepNeededException() : Exception("The account asks for a code after the password.");
