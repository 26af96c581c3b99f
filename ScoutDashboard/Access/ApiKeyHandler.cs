using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>Knows a program by the key in its header <c>Authorization: Bearer scout_…</c>. Only endpoints whose policy asks for it look: no page and no circuit takes a key.</summary>
public sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeyService keys, KeyGuesses guesses)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme of keys.</summary>
    public const string KeyScheme = "ApiKey";

    /// <summary>The scheme that takes a key where the request shows one, else the session.</summary>
    public const string KeyOrSessionScheme = "ApiKeyOrSession";

    /// <summary>Claim type of each scope.</summary>
    public const string ScopeClaim = "scout:scope";

    /// <summary>Keys that are none which one network may try in a minute before only keys that were right before are heard from there.</summary>
    public const int WrongKeysPerMinute = 60;

    private const string Bearer = "Bearer";
    private bool _triedTooMany;

    // Other schemes are a proxy's in front of the application, whose visitors have a session.
    internal static string Choose(HttpContext context) =>
        context.Request.Headers.Authorization.ToString().StartsWith($"{Bearer} ", StringComparison.OrdinalIgnoreCase) ? KeyScheme : IdentityConstants.ApplicationScheme;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header) || !header.Scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase) || header.Parameter is not { } key)
        {
            return AuthenticateResult.NoResult();
        }

        var (network, hash) = (ClientNetwork.Of(Context.Connection.RemoteIpAddress), UrlKey.Hash(key));
        if (!guesses.MayTry(network, hash))
        {
            _triedTooMany = true;
            return AuthenticateResult.Fail("Too many keys that are none came from this network.");
        }

        var found = await keys.UseAsync(key, Visitor.AddressOf(Context), Context.RequestAborted);
        guesses.Note(network, hash, found is not null);
        if (found is not { } grant)
        {
            return AuthenticateResult.Fail("The key is unknown, revoked or has expired.");
        }

        Claim[] claims =
        [
            new(ClaimTypes.Name, grant.Name), new(ScoutPage.OrganizationClaim, grant.OrganizationId.ToString(CultureInfo.InvariantCulture)),
            .. Enum.GetValues<ApiScopes>().Where(scope => scope != ApiScopes.None && grant.Scopes.HasFlag(scope)).Select(scope => new Claim(ScopeClaim, scope.ToString())),
        ];
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme.Name)), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // No page takes the place of what is said here, nor its way to sign-in.
        if (Context.Features.Get<IStatusCodePagesFeature>() is { } pages)
        {
            pages.Enabled = false;
        }

        Response.StatusCode = _triedTooMany ? StatusCodes.Status429TooManyRequests : StatusCodes.Status401Unauthorized;
        if (_triedTooMany)
        {
            Response.Headers.RetryAfter = "60";
        }
        else
        {
            Response.Headers.WWWAuthenticate = Bearer;
        }

        return Task.CompletedTask;
    }
}
