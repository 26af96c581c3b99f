using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using ScoutDashboard.Images;
using ScoutDashboard.Outbound;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>
/// Sign-in at an issuer of OpenID Connect: authorization code with PKCE, by the framework's own handler. Who comes back is no member yet; <see cref="SingleSignIn"/>
/// decides that.
/// </summary>
public static partial class SingleSignOn
{
    public const string Scheme = "single-sign-on";

    /// <summary>Where the sign-in page sends a browser.</summary>
    public const string Path = "/sign-in/single";

    private const string DonePath = "/sign-in/single/done";

    // The issuer sends the browser there; it must be registered with it.
    private const string CallbackPath = "/signin-oidc";
    private static readonly TimeSpan IssuerLimit = TimeSpan.FromSeconds(15);

    public static void Add(AuthenticationBuilder authentication, SingleSignOnOptions settings)
    {
        authentication.Services.AddSingleton(settings);
        authentication.Services.AddScoped<SingleSignIn>();
        authentication.Services.AddHostedService<PasswordSessionEnd>();
        if (!settings.IsOn)
        {
            return;
        }

        authentication.AddOpenIdConnect(Scheme, options => Configure(options, settings));
        authentication.Services.AddOptions<OpenIdConnectOptions>(Scheme)
            .Configure<OutboundNetwork>((options, network) => options.BackchannelHttpHandler = new OutboundHandler(network, settings.Outbound));
        authentication.Services.PostConfigure<LoggerFilterOptions>(Silence);
    }

    /// <summary>The way to the issuer and the way back; both answer 404 where there is none.</summary>
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, BeginAsync).AllowAnonymous().RequireRateLimiting(SignInLimit.WayPolicy);
        endpoints.MapGet(DonePath, EndAsync).AllowAnonymous().RequireRateLimiting(SignInLimit.WayPolicy);
    }

    /// <summary>The sign-in page with a word on what went wrong.</summary>
    public static string Refused(SingleSignInOutcome outcome) => $"/sign-in?problem={outcome}";

    /// <summary>What holds whatever the issuer is asked for: which one, as which application, by a code with PKCE, with cookies that come back from there.</summary>
    internal static void Prepare(OpenIdConnectOptions options, SingleSignOnOptions settings)
    {
        options.SignInScheme = IdentityConstants.ExternalScheme;
        options.Authority = settings.Authority!.ToString();
        options.RequireHttpsMetadata = settings.Authority.Scheme == Uri.UriSchemeHttps;
        options.ClientId = settings.ClientId;
        options.ClientSecret = settings.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        // By an address rather than a form of another site, with which browsers send no cookie of ours.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.UsePkce = true;
        options.DisableTelemetry = true;
        options.GetClaimsFromUserInfoEndpoint = false;
        options.MapInboundClaims = false;
        options.BackchannelTimeout = IssuerLimit;
        // With the person's number at the issuer it tells who it is.
        options.ClaimActions.Remove("iss");
        // Not answered where nothing would end.
        options.RemoteSignOutPath = default;
    }

    private static void Configure(OpenIdConnectOptions options, SingleSignOnOptions settings)
    {
        Prepare(options, settings);
        options.CallbackPath = CallbackPath;
        options.SaveTokens = false;
        options.Scope.Clear();
        foreach (var scope in settings.Scopes)
        {
            options.Scope.Add(scope);
        }

        options.Events = new OpenIdConnectEvents
        {
            OnTokenValidated = context =>
            {
                DemandSignature(context);
                context.Principal = SingleSignIn.Shorten(context.Principal!, settings);
                return Task.CompletedTask;
            },
            OnRedirectToIdentityProviderForSignOut = SingleSignOut.NameClientAsync,
            OnRemoteFailure = FailAsync,
        };
        SingleSignOut.Configure(options);
    }

    private static async Task<IResult> BeginAsync(HttpContext http, SingleSignOnOptions settings, ILogger<SingleSignIn> logger, string? returnUrl)
    {
        if (!settings.IsOn)
        {
            return Results.NotFound();
        }

        try
        {
            await http.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = $"{DonePath}?returnUrl={Uri.EscapeDataString(LocalAddress.OrHome(returnUrl))}" });
            return Results.Empty;
        }
        catch (Exception exception) when (!http.RequestAborted.IsCancellationRequested)
        {
            // The issuer's description of itself could not be read, or it did not take what the browser would bring (pushed authorization, RFC 9126).
            LogUnreachable(logger, DisplayText.Sanitise((exception.InnerException ?? exception).Message, 500));
            return Results.LocalRedirect(Refused(SingleSignInOutcome.Unreachable));
        }
    }

    private static async Task<IResult> EndAsync(HttpContext http, SingleSignOnOptions settings, SingleSignIn signIn, string? returnUrl)
    {
        if (!settings.IsOn)
        {
            return Results.NotFound();
        }

        var outcome = await signIn.TryAsync(http);
        return Results.LocalRedirect(outcome == SingleSignInOutcome.SignedIn ? Encoded(LocalAddress.OrHome(returnUrl)) : Refused(outcome));
    }

    // The handler takes a token without signature from the issuer's own endpoint (OpenID Connect Core 3.1.3.7, point 6), where TLS vouches for it. An issuer may be read over plain http here.
    internal static void DemandSignature(TokenValidatedContext context)
    {
        if (context.SecurityToken.RawSignature is not { Length: > 0 })
        {
            context.Fail("The issuer's token is not signed.");
        }
    }

    // The handler logs what it is sent as it stands, codes and strangers' texts among it; FailAsync tells the reason. After all configuration, for each provider that it names.
    private static void Silence(LoggerFilterOptions options)
    {
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
        {
            options.Rules.Add(new LoggerFilterRule(provider, typeof(OpenIdConnectHandler).FullName, LogLevel.None, filter: null));
        }
    }

    // A header takes no other characters.
    private static string Encoded(string path) => Uri.TryCreate($"http://localhost{path}", UriKind.Absolute, out var address) ? address.PathAndQuery : "/";

    // What the issuer answers is anybody's text, and may hold a code that it gave.
    private static async Task FailAsync(RemoteFailureContext context)
    {
        var services = context.HttpContext.RequestServices;
        LogFailed(services.GetRequiredService<ILogger<SingleSignIn>>(), DisplayText.Sanitise(context.Failure?.Message ?? "", 300));
        // Anybody can come back from an issuer where nobody was: the audit log is told of as many as of wrong passwords for one name.
        if (services.GetRequiredService<SignInThrottle>().Begin(Scheme, ClientNetwork.Of(context.HttpContext.Connection.RemoteIpAddress)) == Turn.Free)
        {
            await services.GetRequiredService<SessionService>().NoteFailedSignInAsync(null, "The issuer of single sign-on did not sign anybody in.", Visitor.AddressOf(context.HttpContext), CancellationToken.None);
        }

        context.Response.Redirect(Refused(SingleSignInOutcome.Failed));
        context.HandleResponse();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The issuer of single sign-on could not be read: {Reason}")]
    private static partial void LogUnreachable(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Single sign-on failed: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
