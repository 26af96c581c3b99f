namespace ScoutDashboard.Retention;

/// <summary>Registers the removal of what nobody needs any more.</summary>
public static class RetentionServices
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static IServiceCollection AddScoutRetention(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(RetentionOptions.Read(configuration));
        services.AddSingleton(new RetentionPace(Pause));
        services.AddSingleton<UntaggedMarks>();
        services.AddSingleton<ImageRemoval>();
        services.AddSingleton<UnusedRows>();
        services.AddSingleton<OldRows>();
        services.AddSingleton<RetentionSteps>();
        services.AddSingleton<RetentionService>();
        services.AddHostedService<RetentionWorker>();
        return services;
    }
}
