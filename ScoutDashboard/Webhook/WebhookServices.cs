namespace ScoutDashboard.Webhook;

/// <summary>Registers and maps the Event Grid webhook.</summary>
public static class WebhookServices
{
    public static IServiceCollection AddScoutWebhook(this IServiceCollection services, IConfiguration configuration) => services;

    public static void MapScoutWebhook(this IEndpointRouteBuilder endpoints) => ArgumentNullException.ThrowIfNull(endpoints);
}
