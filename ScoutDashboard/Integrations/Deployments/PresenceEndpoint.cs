using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>Answers the dashboard's own question whether it is what answers at its public address: anonymous, since it comes from outside, and of no use to anybody else.</summary>
public static class PresenceEndpoint
{
    private const string Limit = "presence";
    private const int RequestsPerMinute = 30;

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/presence/{nonce}", (string nonce, HttpContext context, PresenceMark mark) =>
    {
        context.Response.Headers.CacheControl = "no-store";
        return mark.Answer(nonce) is { } answer ? Results.Text(answer) : Results.NotFound();
    }).AllowAnonymous().RequireRateLimiting(Limit);

    public static void AddLimit(RateLimiterOptions options) => options.AddPolicy(Limit, context => RateLimitPartition.GetFixedWindowLimiter(
        ClientNetwork.Of(context.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions { PermitLimit = RequestsPerMinute, Window = TimeSpan.FromMinutes(1) }));
}
