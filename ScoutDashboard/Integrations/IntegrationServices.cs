namespace ScoutDashboard.Integrations;

/// <summary>Registers the integrations and maps the template endpoint.</summary>
public static class IntegrationServices
{
    public static IServiceCollection AddScoutIntegrations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<RegistryAccessProvider>();
        return services;
    }

    public static void MapScoutIntegrations(this IEndpointRouteBuilder endpoints) => ArgumentNullException.ThrowIfNull(endpoints);
}
