using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace ScoutDashboard.Parts;

/// <summary>How often one member or API key may download: an export reads much, and many at once would keep pages waiting.</summary>
public static class ExportLimit
{
    public const string Policy = "exports";

    public const int RequestsPerMinute = 120;

    public static void Add(RateLimiterOptions options) => options.AddPolicy(Policy, context => RateLimitPartition.GetFixedWindowLimiter(
        (Visitor.OrganizationOf(context.User), context.User.Identity?.AuthenticationType, context.User.Identity?.Name),
        _ => new FixedWindowRateLimiterOptions { PermitLimit = RequestsPerMinute, Window = TimeSpan.FromMinutes(1) }));
}
