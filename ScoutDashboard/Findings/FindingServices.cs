namespace ScoutDashboard.Findings;

/// <summary>Registers matching.</summary>
public static class FindingServices
{
    public static IServiceCollection AddScoutFindings(this IServiceCollection services)
    {
        services.AddSingleton<FindingService>();
        services.AddHostedService<RematchWorker>();
        services.AddHostedService<ExceptionWorker>();
        return services;
    }
}
