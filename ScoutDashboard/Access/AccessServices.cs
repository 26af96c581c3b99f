using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Outbound;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>Registers sign-in and maps its endpoints.</summary>
public static class AccessServices
{
    /// <summary>Everything needs a signed-in user unless it says otherwise.</summary>
    public static IServiceCollection AddScoutAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddScoutOutbound(configuration);
        var authentication = services.AddAuthentication(IdentityConstants.ApplicationScheme);
        authentication.AddIdentityCookies();
        authentication.AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.KeyScheme, null)
            .AddPolicyScheme(ApiKeyHandler.KeyOrSessionScheme, null, options => options.ForwardDefaultSelector = ApiKeyHandler.Choose);
        SingleSignOn.Add(authentication, SingleSignOnOptions.Read(configuration));
        services.ConfigureApplicationCookie(options =>
        {
            options.CookieManager = new SessionCookieName();
            options.Cookie.Name = SessionCookieName.Plain;
            options.Cookie.Path = "/";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = AccountSession.Lifetime;
            options.SlidingExpiration = true;
            options.LoginPath = "/sign-in";
            options.ReturnUrlParameter = "returnUrl";
            options.EventsType = typeof(SessionCookie);
        });
        authentication.AddCookie(PendingSignIn.Scheme, PendingSignIn.Configure);
        services.AddIdentityCore<Account>(options =>
            {
                options.User.AllowedUserNameCharacters = ""; // any: names are people's
                options.Password.RequiredLength = PasswordRules.MinimumLength;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
            })
            .AddEntityFrameworkStores<ScoutDb>().AddUserStore<AccountStore>()
            .AddSignInManager()
            .AddPasswordValidator<PasswordRules>().AddUserValidator<AccountNames>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Rights.Edit, policy => policy.RequireRole(nameof(MemberRole.Editor), nameof(MemberRole.Administrator)))
            .AddPolicy(Rights.Administer, policy => policy.RequireRole(nameof(MemberRole.Administrator)))
            .AddPolicy(Rights.ReadExports, policy => KeyOrMember(policy, ApiScopes.Exports, MemberRole.Viewer))
            .AddPolicy(Rights.ReadAudit, policy => KeyOrMember(policy, ApiScopes.Audit, MemberRole.Administrator))
            .AddPolicy(Rights.ReadMetrics, policy => KeyOrMember(policy, ApiScopes.Metrics, MemberRole.Administrator));
        services.AddRateLimiter(SignInLimit.Add);
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SignedInState>();
        services.AddSingleton<SessionService>();
        services.AddSingleton<SessionCookie>();
        services.AddSingleton<MemberService>();
        services.AddSingleton<InvitationService>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<ApiKeyService>();
        services.AddSingleton(_ => new KeyGuesses(ApiKeyHandler.WrongKeysPerMinute));
        services.AddSingleton<SignInThrottle>();
        services.AddScoped<PasswordSignIn>();
        services.AddScoped<PasswordChange>();
        services.AddSingleton<AuthenticatorVault>();
        services.AddSingleton<SecondStepCheck>();
        services.AddScoped<CodeSignIn>();
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.AddSingleton<PasskeyChallenges>();
        services.AddScoped<PasskeyService>();
        services.AddScoped<PasskeySignIn>();
        services.AddScoped<PasskeyCreation>();
        services.AddScoped<Reauthentication>();
        services.AddScoped<SecondStepService>();
        services.AddSingleton<SetupLink>();
        services.AddSingleton<SetupService>();
        return services;
    }

    private static void KeyOrMember(AuthorizationPolicyBuilder policy, ApiScopes scope, MemberRole role) => policy
        .AddAuthenticationSchemes(ApiKeyHandler.KeyOrSessionScheme).RequireAuthenticatedUser()
        .RequireAssertion(context => context.User.HasClaim(ApiKeyHandler.ScopeClaim, scope.ToString())
            || Enum.GetValues<MemberRole>().Any(held => held >= role && context.User.IsInRole(held.ToString())));

    /// <summary>Sign-out, single sign-on, passkeys and the audit log's export; the pages map themselves.</summary>
    public static void MapScoutAccess(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/settings/audit.csv", AuditExport.GetAsync).RequireAuthorization(Rights.ReadAudit).RequireRateLimiting(ExportLimit.Policy);
        SingleSignOn.Map(endpoints);
        SingleSignOut.Map(endpoints);
        PasskeyEndpoints.Map(endpoints);
        endpoints.MapPost("/sign-out", async (HttpContext context, IAntiforgery antiforgery, SignInManager<Account> signIn) =>
        {
            // Asked here: the middleware only notes a missing token, for handlers that bind a form.
            if (!await antiforgery.IsRequestValidAsync(context))
            {
                return Results.BadRequest();
            }

            var visitor = context.User;
            await signIn.SignOutAsync();
            return Results.LocalRedirect(await SingleSignOut.NextAsync(context, visitor));
        });
    }
}
