using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace ScoutDashboard.Access;

/// <summary>
/// The challenge that a passkey is to sign: it waits in a cookie that only this dashboard can read, for some minutes, for one purpose, and counts once.
/// The framework's own cookie could be sent again with the answer that was caught with it.
/// </summary>
public sealed class PasskeyChallenges(IDataProtectionProvider provider, TimeProvider clock)
{
    public const string CookieName = "scout-passkey";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);

    /// <param name="accountId">For whom it is, where that is known already.</param>
    /// <param name="state">What the framework wants back, the challenge in it.</param>
    public void Begin(HttpContext http, PasskeyPurpose purpose, string accountId, string state)
    {
        var challenge = new Challenge(Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), accountId, state, clock.GetUtcNow() + Limit);
        http.Response.Cookies.Append(CookieName, Protector(purpose).Protect(JsonSerializer.Serialize(challenge)), Cookie(http));
    }

    /// <summary>The challenge of this browser, or null where there is none, it is another purpose's or account's, or it waited too long.</summary>
    public Challenge? Find(HttpContext http, PasskeyPurpose purpose, string accountId)
    {
        try
        {
            return http.Request.Cookies[CookieName] is { Length: > 0 } closed && JsonSerializer.Deserialize<Challenge>(Protector(purpose).Unprotect(closed)) is { } challenge
                && challenge.AccountId == accountId && challenge.Until > clock.GetUtcNow() && !_used.ContainsKey(challenge.Id) ? challenge : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Uses a challenge up that was signed; false where another answer did so before.</summary>
    public bool TryUse(HttpContext http, Challenge challenge)
    {
        http.Response.Cookies.Delete(CookieName, Cookie(http));
        var now = clock.GetUtcNow();
        foreach (var (id, until) in _used)
        {
            if (until <= now)
            {
                _used.TryRemove(id, out _);
            }
        }

        return _used.TryAdd(challenge.Id, challenge.Until);
    }

    private IDataProtector Protector(PasskeyPurpose purpose) => provider.CreateProtector("ScoutDashboard.Access", "passkey challenge", purpose.ToString());

    private static CookieOptions Cookie(HttpContext http) => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, MaxAge = Limit, IsEssential = true };

    /// <param name="Until">When it ends, UTC.</param>
    public sealed record Challenge(string Id, string AccountId, string State, DateTimeOffset Until);
}

/// <summary>What a passkey signs a challenge for.</summary>
public enum PasskeyPurpose { SignIn, Creation }
