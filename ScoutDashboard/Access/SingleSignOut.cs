using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>
/// Who signs out of a session that began at the issuer is offered to sign out there, too (OpenID Connect RP-Initiated Logout 1.0), where the issuer tells how. Without the
/// token as a hint, which is not kept, it may ask first.
/// </summary>
public static partial class SingleSignOut
{
    /// <summary>Where the sign-in page sends who takes the offer. A form's answer could not: pages' policy lets forms lead nowhere else.</summary>
    public const string Path = "/sign-out/single";

    // The issuer sends the browser back there; it must be registered with it.
    private const string CallbackPath = "/signout-callback-oidc";
    private const string SignInPage = "/sign-in";

    public static void Configure(OpenIdConnectOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.SignedOutCallbackPath = CallbackPath;
        options.SignedOutRedirectUri = SignInPage;
    }

    /// <summary>Names the dashboard to the issuer, which is told of no token (section 2, <c>client_id</c>).</summary>
    public static Task NameClientAsync(RedirectContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.ProtocolMessage.ClientId = context.Options.ClientId;
        return Task.CompletedTask;
    }

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet(Path, LeaveAsync).AllowAnonymous().RequireRateLimiting(SignInLimit.WayPolicy);

    /// <summary>Where who signs out goes: to the sign-in page, with the offer where there is something to leave.</summary>
    /// <param name="visitor">As they were before.</param>
    public static async Task<string> NextAsync(HttpContext http, ClaimsPrincipal visitor)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(visitor);
        return visitor.FindFirstValue(ClaimTypes.AuthenticationMethod) == SingleSignOn.Scheme && await IsPossibleAsync(http) ? $"{SignInPage}?left=true" : SignInPage;
    }

    private static async Task<IResult> LeaveAsync(HttpContext http, SingleSignOnOptions settings)
    {
        if (!settings.IsOn)
        {
            return Results.NotFound();
        }

        if (!await IsPossibleAsync(http))
        {
            return Results.LocalRedirect(SignInPage);
        }

        await http.SignOutAsync(SingleSignOn.Scheme, new AuthenticationProperties { RedirectUri = SignInPage });
        return Results.Empty;
    }

    private static async Task<bool> IsPossibleAsync(HttpContext http)
    {
        if (http.RequestServices.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>().Get(SingleSignOn.Scheme).ConfigurationManager is not { } issuer)
        {
            return false;
        }

        try
        {
            return Uri.TryCreate((await issuer.GetConfigurationAsync(http.RequestAborted)).EndSessionEndpoint, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "https" or "http";
        }
        catch (Exception exception) when (!http.RequestAborted.IsCancellationRequested)
        {
            // Its description of itself could not be read; here the person is signed out all the same.
            LogUnreachable(http.RequestServices.GetRequiredService<ILogger<SingleSignIn>>(), DisplayText.Sanitise((exception.InnerException ?? exception).Message, 500));
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The issuer of single sign-on could not be read when somebody signed out: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string reason);
}
