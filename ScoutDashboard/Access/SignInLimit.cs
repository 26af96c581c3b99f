using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>How often one address may try a password, a link or a code: keeps guessing slow and the audit log readable.</summary>
public static class SignInLimit
{
    public const string Policy = "sign-in";

    /// <summary>Forms that one address may send in a minute.</summary>
    public const int AttemptsPerMinute = 30;

    public static void Add(RateLimiterOptions options) => options.AddPolicy(Policy, context => HttpMethods.IsPost(context.Request.Method)
        ? RateLimitPartition.GetFixedWindowLimiter(Visitor.AddressOf(context), _ => new FixedWindowRateLimiterOptions { PermitLimit = AttemptsPerMinute, Window = TimeSpan.FromMinutes(1) })
        : RateLimitPartition.GetNoLimiter("pages"));
}
