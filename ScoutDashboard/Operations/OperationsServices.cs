namespace ScoutDashboard.Operations;

/// <summary>Registers what the operator sees of the dashboard, and maps its endpoints.</summary>
public static class OperationsServices
{
    public static IServiceCollection AddScoutOperations(this IServiceCollection services, IConfiguration configuration, string dataDirectory, SettingReport settings)
    {
        services.AddSingleton(new DataFolder(dataDirectory));
        services.AddSingleton(settings);
        services.AddSingleton(HealthOptions.Read(configuration));
        services.AddSingleton<HealthReporter>();
        services.AddSingleton<SystemFacts>();
        services.AddSingleton<SystemReport>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database").AddCheck<SpaceHealth>("space").AddCheck<WorkerHealth>("workers").AddCheck<FeedHealth>("feeds");
        return services;
    }

    public static void MapScoutOperations(this IEndpointRouteBuilder endpoints) => HealthEndpoints.Map(endpoints);
}
