using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using ScoutDashboard.Images;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>Serves filled templates to the browser page of the Azure portal: anonymous, across origins, never cached or redirected.</summary>
public static class TemplateEndpoint
{
    /// <summary>Requests that one network may make in a minute; the portal makes a handful.</summary>
    public const int RequestsPerMinute = 60;

    private const string Limit = "templates";
    private const string Pattern = "/templates/{key}/" + AzureCommands.TemplateFile;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Pattern, GetAsync).AllowAnonymous().RequireRateLimiting(Limit);
        endpoints.MapMethods(Pattern, [HttpMethods.Options], Preflight).AllowAnonymous().RequireRateLimiting(Limit);
    }

    /// <summary>Keeps strangers from trying keys, and from keeping the database busy.</summary>
    public static void AddLimit(RateLimiterOptions options) => options.AddPolicy(Limit, context => RateLimitPartition.GetFixedWindowLimiter(
        ClientNetwork.Of(context.Connection.RemoteIpAddress), _ => new FixedWindowRateLimiterOptions { PermitLimit = RequestsPerMinute, Window = TimeSpan.FromMinutes(1) }));

    private static async Task<IResult> GetAsync(string key, HttpContext context, DeploymentPlanner planner)
    {
        AllowAnyOrigin(context.Response);
        return await planner.FindTemplateAsync(key, Visitor.AddressOf(context), context.RequestAborted) is { } template ? Results.Text(template, "application/json") : Results.NotFound();
    }

    // Answers alike for every key.
    private static IResult Preflight(HttpContext context)
    {
        AllowAnyOrigin(context.Response);
        context.Response.Headers.AccessControlAllowMethods = "GET, OPTIONS";
        context.Response.Headers.AccessControlAllowHeaders = "*";
        return Results.NoContent();
    }

    private static void AllowAnyOrigin(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
