namespace ScoutDashboard.Registry;

/// <summary>Registers the registry client.</summary>
public static class RegistryServices
{
    public static IServiceCollection AddScoutRegistry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(RegistryOptions.Read(configuration));
        services.AddSingleton<RegistryClient>();
        return services;
    }
}
