namespace ScoutDashboard.Jobs;

/// <summary>Registers the job queue and its worker.</summary>
public static class JobServices
{
    public static IServiceCollection AddScoutJobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<JobQueue>();
        services.AddSingleton<JobFeed>();
        return services;
    }
}
