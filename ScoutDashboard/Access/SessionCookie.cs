using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>Ties the cookie to a session in the database: each request asks whether it is still open, and what its account may do now.</summary>
public sealed class SessionCookie(SessionService sessions, IOptions<IdentityOptions> options) : CookieAuthenticationEvents
{
    private const string Proof = "proof";

    // In the closed cookie: set since it has another name over https.
    private const string Named = "named";

    private string StampClaim => options.Value.ClaimsIdentity.SecurityStampClaimType;

    /// <summary>For a sign-in with a proof, which throws what it throws.</summary>
    /// <param name="remember">Whether the cookie outlives the browser.</param>
    public static AuthenticationProperties With(SessionProof proof, bool remember) => new(items: null, new Dictionary<string, object?> { [Proof] = proof }) { IsPersistent = remember };

    public override async Task SigningIn(CookieSigningInContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var account = context.Principal!.FindFirstValue(ClaimTypes.NameIdentifier)!;
        var visitor = context.HttpContext.User;
        // A session whose cookie is only renewed, after a change of the password, stays the same session.
        // Who signs in anew, at the issuer or by a proof, gets a new one.
        var proof = context.Properties.GetParameter<SessionProof>(Proof);
        var session = EndOf(context.Properties) is null && proof is null && visitor.FindFirstValue(ClaimTypes.NameIdentifier) == account && visitor.FindFirstValue(Visitor.SessionClaim) is { } open
            ? open
            : await sessions.OpenAsync(
                account, context.Request.Headers.UserAgent.ToString(), Visitor.AddressOf(context.HttpContext), EndOf(context.Properties),
                proof, context.HttpContext.RequestAborted);
        ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new Claim(Visitor.SessionClaim, session));
        context.Properties.Items[Named] = "";
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var http = context.HttpContext;
        // Nobody else can set the name that it would have: under another, it may be a stranger's gift.
        var isGift = !SessionCookieName.IsOwn(http.Request) && context.Properties.Items.ContainsKey(Named);
        if (isGift || await FindAsync(context.Principal, http.RequestAborted) is not { } session)
        {
            context.RejectPrincipal();
            return;
        }

        var address = Visitor.AddressOf(http);
        // For this request only: the cookie itself keeps no role that could grow old.
        context.ReplacePrincipal(WithFacts(context.Principal!, session, address));
        if (http.GetEndpoint()?.Metadata.GetMetadata<Microsoft.AspNetCore.Authorization.IAllowAnonymous>() is null)
        {
            await sessions.TouchAsync(session, address, http.RequestAborted);
        }
    }

    public override async Task SigningOut(CookieSigningOutContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var actor = Visitor.ActorOf(context.HttpContext.User);
        await sessions.EndAsync(actor.SessionId, actor.AccountId, Visitor.AddressOf(context.HttpContext), context.HttpContext.RequestAborted);
    }

    // The page that is shown instead is the application's own; programs get the bare status.
    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    /// <summary>Whether the session that an open page's principal names is open still, and its account has the role that the principal says; the session counts as seen.</summary>
    public async Task<bool> IsCurrentAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (await FindAsync(principal, cancellationToken) is not { } session || !principal.IsInRole(session.Role.ToString()))
        {
            return false;
        }

        await sessions.TouchAsync(session, Visitor.ActorOf(principal).Address, cancellationToken);
        return true;
    }

    // A cookie that is never renewed ends with its session.
    private static DateTime? EndOf(AuthenticationProperties properties) => properties.AllowRefresh == false ? properties.ExpiresUtc?.UtcDateTime : null;

    private async Task<OpenSession?> FindAsync(ClaimsPrincipal? principal, CancellationToken cancellationToken) =>
        principal?.FindFirstValue(ClaimTypes.NameIdentifier) is { } account && principal.FindFirstValue(Visitor.SessionClaim) is { } session && principal.FindFirstValue(StampClaim) is { } stamp
            ? await sessions.FindAsync(session, account, stamp, cancellationToken)
            : null;

    private static ClaimsPrincipal WithFacts(ClaimsPrincipal principal, OpenSession session, string address)
    {
        var identity = ((ClaimsIdentity)principal.Identity!).Clone();
        identity.AddClaims(
        [
            new Claim(ScoutPage.OrganizationClaim, session.OrganizationId.ToString(CultureInfo.InvariantCulture)),
            new Claim(ScoutPage.OrganizationNameClaim, session.Organization),
            new Claim(identity.RoleClaimType, session.Role.ToString()),
            new Claim(Visitor.AddressClaim, address),
        ]);
        return new ClaimsPrincipal(identity);
    }
}
