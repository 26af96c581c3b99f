namespace ScoutDashboard.Webhook;

/// <summary>Registers and maps the Event Grid webhook.</summary>
public static class WebhookServices
{
    // What logs a request's path, in which our keys stand, below the level of a warning.
    private static readonly string[] PathLoggers =
        ["Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Routing.Matching", "Microsoft.AspNetCore.StaticFiles", "Microsoft.AspNetCore.StaticAssets"];

    public static IServiceCollection AddScoutWebhook(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new WebhookOptions());
        services.AddSingleton<WebhookLimiter>();
        services.AddSingleton<EventStore>();
        services.AddSingleton<EventWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<EventWriter>());
        services.AddSingleton<WebhookEndpoint>();
        services.PostConfigure<LoggerFilterOptions>(SilencePaths);
        return services;
    }

    public static void MapScoutWebhook(this IEndpointRouteBuilder endpoints)
    {
        const string route = "/webhooks/eventgrid/{key}";
        endpoints.MapPost(route, (HttpContext context, string key, WebhookEndpoint endpoint) => endpoint.PostAsync(context, key)).AllowAnonymous().DisableAntiforgery();
        endpoints.MapMethods(route, [HttpMethods.Options], (HttpContext context, string key, WebhookEndpoint endpoint) => endpoint.OptionsAsync(context, key)).AllowAnonymous().DisableAntiforgery();
    }

    // After all configuration, and for each provider that it names: such a rule would win over one for all providers.
    private static void SilencePaths(LoggerFilterOptions options)
    {
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
        {
            foreach (var logger in PathLoggers)
            {
                options.Rules.Add(new LoggerFilterRule(provider, logger, LogLevel.Warning, filter: null));
            }
        }
    }
}
