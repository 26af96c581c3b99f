using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ScoutDashboard.Operations;

/// <summary>For load balancers and orchestrators: <c>/healthz/live</c> says that the process answers, <c>/healthz/ready</c> (also <c>/healthz</c>) whether it can do its work, and why not.</summary>
public static class HealthEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz/live", (HttpContext context) => Answer(context, StatusCodes.Status200OK, new { Status = "live" })).AllowAnonymous();
        endpoints.MapGet("/healthz/ready", ReadyAsync).AllowAnonymous();
        endpoints.MapGet("/healthz", ReadyAsync).AllowAnonymous();
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, HealthReporter reporter)
    {
        var health = await reporter.GetAsync(context.RequestAborted);
        return Answer(context, health.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK, new { Status = WordOf(health.Status), health.Checks });
    }

    // Degraded is ready: a dashboard that is taken out of service helps nobody's feed.
    private static string WordOf(HealthStatus status) => status switch { HealthStatus.Healthy => "ready", HealthStatus.Degraded => "degraded", _ => "unready" };

    private static IResult Answer(HttpContext context, int status, object body)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(body, Json, statusCode: status);
    }
}
