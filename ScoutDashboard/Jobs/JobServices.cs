namespace ScoutDashboard.Jobs;

/// <summary>Registers the job queue and its worker.</summary>
public static class JobServices
{
    public static IServiceCollection AddScoutJobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(JobOptions.Read(configuration));
        services.AddSingleton<JobFeed>();
        services.AddSingleton<JobQueue>();
        services.AddSingleton<JobLedger>();
        services.AddSingleton<JobList>();
        services.AddSingleton<RegistryChanges>();
        services.AddSingleton<TagLedger>();
        services.AddSingleton<TagSync>();
        services.AddSingleton<LatestTag>();
        services.AddSingleton<AnalysisWork>();
        services.AddSingleton<JobWork>(provider => provider.GetRequiredService<AnalysisWork>().RunAsync);
        services.AddHostedService<JobWorker>();
        return services;
    }
}
