namespace ScoutDashboard.Integrations;

/// <summary>Serves filled templates to the browser page of the Azure portal: anonymous, across origins, never cached or redirected.</summary>
public static class TemplateEndpoint
{
    private const string Pattern = "/templates/{key}/" + AzureCommands.TemplateFile;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Pattern, GetAsync).AllowAnonymous();
        endpoints.MapMethods(Pattern, [HttpMethods.Options], Preflight).AllowAnonymous();
    }

    private static async Task<IResult> GetAsync(string key, HttpContext context, DeploymentPlanner planner)
    {
        AllowAnyOrigin(context.Response);
        return await planner.FindTemplateAsync(key, context.RequestAborted) is { } template ? Results.Text(template, "application/json") : Results.NotFound();
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
