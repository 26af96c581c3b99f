namespace ScoutDashboard.Repositories;

/// <summary>Registers repositories and the reconcile job.</summary>
public static class RepositoryServices
{
    public static IServiceCollection AddScoutRepositories(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<CatalogSync>();
        services.AddSingleton<RepositoryService>();
        services.AddSingleton<Reconciler>();
        services.AddHostedService<ReconcileWorker>();
        return services;
    }
}
