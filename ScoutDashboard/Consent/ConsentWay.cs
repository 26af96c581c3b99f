using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using ScoutDashboard.Access;
using ScoutDashboard.Azure;
using ScoutDashboard.Images;
using ScoutDashboard.Outbound;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Consent;

/// <summary>
/// Asks a person who is signed in at Entra ID for their consent: authorization code with PKCE, state and nonce by the framework's own handler, at the same issuer and as the
/// same application as the sign-in. Nobody is signed in by it: what comes back belongs to the session that asked, or to none.
/// </summary>
public static partial class ConsentWay
{
    public const string Scheme = "azure-consent";

    // The issuer sends the browser there; it must be registered with it.
    private const string CallbackPath = "/signin-oidc-azure";

    private const string Session = "session";
    private const string Page = "page";
    private const string Chooses = "chooses";
    private const int MaxName = 100;
    private const int MaxToken = 64 * 1024;

    public static void Add(IServiceCollection services, AzureOptions azure, SingleSignOnOptions signOn)
    {
        if (!azure.UserConsent || azure.IsOn)
        {
            return;
        }

        new AuthenticationBuilder(services).AddOpenIdConnect(Scheme, options => Configure(options, azure, signOn));
        services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<OutboundNetwork>((options, network) => options.BackchannelHttpHandler = new OutboundHandler(network, signOn.Outbound));
    }

    /// <summary>Answers 404 where nobody may consent.</summary>
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet(ConsentOffer.Path, BeginAsync).RequireAuthorization(Rights.Administer).RequireRateLimiting(SignInLimit.WayPolicy);

    private static void Configure(OpenIdConnectOptions options, AzureOptions azure, SingleSignOnOptions signOn)
    {
        SingleSignOn.Prepare(options, signOn);
        options.CallbackPath = CallbackPath;
        // The sign-in answers there.
        options.SignedOutCallbackPath = default;
        // For the end of the way only, which gives them on to nobody.
        options.SaveTokens = true;
        options.Scope.Clear();
        // No refresh token is asked for: whoever wants more time consents again.
        foreach (var scope in (string[])["openid", "profile", azure.ConsentScope])
        {
            options.Scope.Add(scope);
        }

        options.Events = new OpenIdConnectEvents
        {
            OnRedirectToIdentityProvider = context =>
            {
                var hint = context.Properties.Items.ContainsKey(Chooses) ? null : context.HttpContext.User.Identity?.Name;
                context.ProtocolMessage.LoginHint = hint?.Contains('@', StringComparison.Ordinal) == true ? hint : null;
                // Else whoever is signed in there in this browser would be taken, without a question.
                context.ProtocolMessage.Prompt = context.ProtocolMessage.LoginHint is null ? "select_account" : null;
                return Task.CompletedTask;
            },
            OnTokenValidated = context =>
            {
                SingleSignOn.DemandSignature(context);
                return Task.CompletedTask;
            },
            OnTicketReceived = EndAsync,
            OnRemoteFailure = FailAsync,
        };
    }

    private static async Task<IResult> BeginAsync(HttpContext http, AzureIdentities identities, ConsentOffer offer, ILogger<ConsentOffer> logger, string? way)
    {
        if (!identities.AllowsConsent)
        {
            return Results.NotFound();
        }

        var actor = Visitor.ActorOf(http.User);
        if (offer.Open(actor, way) is not { } begun)
        {
            return Results.LocalRedirect(To(ConsentOffer.Home, ConsentOutcome.Late));
        }

        try
        {
            var told = new AuthenticationProperties { RedirectUri = begun.Page, Items = { [Session] = actor.SessionId, [Page] = begun.Page } };
            if (begun.ChoosesAccount)
            {
                told.Items[Chooses] = "";
            }

            await http.ChallengeAsync(Scheme, told);
            return Results.Empty;
        }
        catch (Exception exception) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogUnreachable(logger, DisplayText.Sanitise((exception.InnerException ?? exception).Message, 500));
            return Results.LocalRedirect(To(begun.Page, ConsentOutcome.Unreachable));
        }
    }

    // All is proven by now: state, nonce, PKCE, signature. Nobody is signed in here, whatever becomes of it.
    private static async Task EndAsync(TicketReceivedContext context)
    {
        context.HandleResponse();
        var http = context.HttpContext;
        var outcome = await FinishAsync(http, context.Principal!, context.Properties!);
        http.Response.Redirect(To(context.Properties!.Items[Page]!, outcome));
    }

    private static async Task<ConsentOutcome> FinishAsync(HttpContext http, ClaimsPrincipal person, AuthenticationProperties told)
    {
        // Who is signed in at this moment, not whom the issuer tells of.
        var signedIn = await http.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (signedIn.Principal is not { } visitor || Visitor.ActorOf(visitor) is not { SessionId.Length: > 0 } actor || told.Items[Session] != actor.SessionId)
        {
            return ConsentOutcome.Late;
        }

        if (Read(person, told) is not { } token)
        {
            return ConsentOutcome.Failed;
        }

        try
        {
            return await http.RequestServices.GetRequiredService<ConsentStore>().GiveAsync(actor, token, http.RequestAborted);
        }
        catch (ForbiddenException)
        {
            return ConsentOutcome.Late;
        }
    }

    // Entra's access token must be of the very account that the signed one names (tid, oid): both came in one answer, so it only is another's if the issuer is at fault.
    private static PersonToken? Read(ClaimsPrincipal person, AuthenticationProperties told)
    {
        if (told.GetTokenValue("access_token") is not { Length: > 0 and <= MaxToken } token || JwtPayload.TryRead(token) is not { } claims
            || person.FindFirstValue("oid") is not { Length: > 0 } account || person.FindFirstValue("tid") is not { Length: > 0 } tenant || claims.Text("oid") != account || claims.Text("tid") != tenant
            || person.FindFirstValue("iss") is not { Length: > 0 } issuer || person.FindFirstValue("sub") is not { Length: > 0 } subject
            || !DateTimeOffset.TryParse(told.GetTokenValue("expires_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
        {
            return null;
        }

        var name = person.FindFirstValue("preferred_username") ?? person.FindFirstValue("name") ?? account;
        return new PersonToken(token, issuer, subject, DisplayText.Sanitise(name, MaxName), end.UtcDateTime);
    }

    // What the issuer answers is anybody's text, and may hold a code that it gave.
    private static Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        LogFailed(context.HttpContext.RequestServices.GetRequiredService<ILogger<ConsentOffer>>(), DisplayText.Sanitise(context.Failure?.Message ?? "", 300));
        // Without properties it is nobody's way back: the state was made up, or is of another browser.
        var page = context.Properties is { } known && known.Items.TryGetValue(Page, out var told) ? told : null;
        context.Response.Redirect(To(page ?? ConsentOffer.Home, page is not null && context.Request.Query.ContainsKey("error") ? ConsentOutcome.Refused : ConsentOutcome.Failed));
        return Task.CompletedTask;
    }

    private static string To(string page, ConsentOutcome outcome) =>
        outcome == ConsentOutcome.Given ? page : QueryHelpers.AddQueryString(page, ConsentPanel.Problem, outcome.ToString());

    [LoggerMessage(Level = LogLevel.Warning, Message = "The issuer could not be asked for a consent to act in Azure: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody consented to act in Azure: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
