using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>How often one network may try a password, a link or a code: keeps guessing slow and the audit log readable.</summary>
public static class SignInLimit
{
    public const string Policy = "sign-in";

    /// <summary>Of addresses that are opened rather than sent a form, and make the server ask an issuer or write something down.</summary>
    public const string WayPolicy = "sign-in way";

    /// <summary>Forms that one network (see <see cref="ClientNetwork"/>) may send in a minute.</summary>
    public const int AttemptsPerMinute = 30;

    /// <summary>Bytes of a form; those of names and passwords are far smaller.</summary>
    public const int MaxFormBytes = 64 * 1024;

    public static void Add(RateLimiterOptions options)
    {
        options.AddPolicy(Policy, context => HttpMethods.IsPost(context.Request.Method) ? OneNetwork(context) : RateLimitPartition.GetNoLimiter("pages"));
        // Each for itself: one sign-in over an issuer takes two of them.
        options.AddPolicy(WayPolicy, context => OneNetwork(context, context.GetEndpoint()?.DisplayName));
    }

    /// <summary>Limits the addresses to which an issuer sends browsers back: authentication answers them itself, before any route's limit is asked, so this stands in front of it.</summary>
    public static void UseWayBackLimit(this IApplicationBuilder app)
    {
        var issuers = app.ApplicationServices.GetRequiredService<IOptionsMonitor<OpenIdConnectOptions>>();
        PathString[] waysBack = [.. app.ApplicationServices.GetRequiredService<IOptions<AuthenticationOptions>>().Value.Schemes.Where(scheme => scheme.HandlerType == typeof(OpenIdConnectHandler))
            .Select(scheme => issuers.Get(scheme.Name)).SelectMany(issuer => new[] { issuer.CallbackPath, issuer.SignedOutCallbackPath, issuer.RemoteSignOutPath }).Where(path => path.HasValue).Distinct()];
        var limit = new RateLimiterOptions
        {
            RejectionStatusCode = StatusCodes.Status429TooManyRequests,
            OnRejected = app.ApplicationServices.GetRequiredService<IOptions<RateLimiterOptions>>().Value.OnRejected,
            GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => OneNetwork(context, context.Request.Path.Value?.ToUpperInvariant())),
        };
        app.UseWhen(context => waysBack.Contains(context.Request.Path), way => way.UseRateLimiter(limit));
    }

    private static RateLimitPartition<string> OneNetwork(HttpContext context, string? way = null) => RateLimitPartition.GetFixedWindowLimiter(
        $"{ClientNetwork.Of(context.Connection.RemoteIpAddress)} {way}", _ => new FixedWindowRateLimiterOptions { PermitLimit = AttemptsPerMinute, Window = TimeSpan.FromMinutes(1) });
}
