using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using ScoutDashboard.Data;

namespace ScoutDashboard.Access;

/// <summary>Somebody whose password was right and whose code is still to come: a cookie that only this dashboard can read names them for some minutes.</summary>
/// <param name="Stamp">The account's security stamp when the password was right: one that was changed since is another's to prove.</param>
/// <param name="Remember">Whether they want to stay signed in.</param>
internal sealed record PendingSignIn(string AccountId, string Stamp, bool Remember)
{
    public const string Scheme = "pending-sign-in";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "scout-pending";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = Limit;
        options.SlidingExpiration = false;
    }

    public static Task BeginAsync(HttpContext http, Account account, bool remember) => http.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, account.Id), new Claim(nameof(Stamp), account.SecurityStamp ?? ""), new Claim(nameof(Remember), remember.ToString())], Scheme)));

    /// <summary>Null where nobody's password was right here, or too long ago.</summary>
    public static async Task<PendingSignIn?> FindAsync(HttpContext http) => (await http.AuthenticateAsync(Scheme)).Principal is { } person
        ? new PendingSignIn(person.FindFirstValue(ClaimTypes.NameIdentifier) ?? "", person.FindFirstValue(nameof(Stamp)) ?? "", person.FindFirstValue(nameof(Remember)) == bool.TrueString)
        : null;

    public static Task EndAsync(HttpContext http) => http.SignOutAsync(Scheme);
}
