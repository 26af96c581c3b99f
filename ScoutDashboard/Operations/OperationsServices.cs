namespace ScoutDashboard.Operations;

/// <summary>Registers what the operator sees of the dashboard, and maps its endpoints.</summary>
public static class OperationsServices
{
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddScoutOperations(this IServiceCollection services, IConfiguration configuration, string dataDirectory, SettingReport settings)
    {
        services.AddSingleton(new DataFolder(dataDirectory));
        services.AddSingleton(settings);
        services.AddSingleton(HealthOptions.Read(configuration));
        services.AddSingleton<HealthReporter>();
        services.AddSingleton<SystemFacts>();
        services.AddSingleton<SystemReport>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", timeout: CheckLimit).AddCheck<SpaceHealth>("space", timeout: CheckLimit).AddCheck<WorkerHealth>("workers", timeout: CheckLimit).AddCheck<FeedHealth>("feeds", timeout: CheckLimit);
        return services;
    }

    public static void MapScoutOperations(this IEndpointRouteBuilder endpoints) => HealthEndpoints.Map(endpoints);
}
