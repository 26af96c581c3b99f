using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using ScoutDashboard.Images;

namespace ScoutDashboard.Access;

/// <summary>How often one network may try a password, a link or a code: keeps guessing slow and the audit log readable.</summary>
public static class SignInLimit
{
    public const string Policy = "sign-in";

    /// <summary>Forms that one network (see <see cref="ClientNetwork"/>) may send in a minute.</summary>
    public const int AttemptsPerMinute = 30;

    /// <summary>Bytes of a form; those of names and passwords are far smaller.</summary>
    public const int MaxFormBytes = 64 * 1024;

    public static void Add(RateLimiterOptions options) => options.AddPolicy(Policy, context => HttpMethods.IsPost(context.Request.Method)
        ? RateLimitPartition.GetFixedWindowLimiter(ClientNetwork.Of(context.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions { PermitLimit = AttemptsPerMinute, Window = TimeSpan.FromMinutes(1) })
        : RateLimitPartition.GetNoLimiter("pages"));
}
