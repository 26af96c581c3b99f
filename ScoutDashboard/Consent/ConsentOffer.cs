using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Consent;

/// <summary>
/// The way from an open page to the issuer. A page is the only one that can begin it: it gets an address that works for a moment and in the session of that page, so that no
/// other site can send anybody there, nor say where they come back to.
/// </summary>
public sealed class ConsentOffer(IDbContextFactory<ScoutDb> databases, IDataProtectionProvider protection, TimeProvider clock)
{
    /// <summary>Where the way to the issuer begins.</summary>
    public const string Path = "/azure/consent";

    /// <summary>Where it ends if it is not known whose page it was.</summary>
    internal const string Home = "/integrations/acr";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly IDataProtector _protector = protection.CreateProtector("ScoutDashboard.Consent", "way");

    /// <summary>The address to which the page sends the browser.</summary>
    /// <param name="page">Path of the page, to which the browser comes back.</param>
    /// <param name="choosesAccount">Whether the issuer is to ask which account.</param>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<string> BeginAsync(Actor actor, string page, bool choosesAccount, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        var way = new Way(actor.SessionId, LocalAddress.OrHome(page), choosesAccount, clock.GetUtcNow() + Patience);
        return $"{Path}?way={_protector.Protect(JsonSerializer.Serialize(way))}";
    }

    /// <summary>The way as the page began it; null where it was another session's, too long ago, or nobody's.</summary>
    internal Way? Open(Actor actor, string? way)
    {
        try
        {
            return way is not null && JsonSerializer.Deserialize<Way>(_protector.Unprotect(way)) is { } known && known.SessionId == actor.SessionId && known.EndsAt > clock.GetUtcNow() ? known : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    internal sealed record Way(string SessionId, string Page, bool ChoosesAccount, DateTimeOffset EndsAt);
}
