using ScoutDashboard.Advisories.Osv;

namespace ScoutDashboard.Advisories;

/// <summary>Registers the advisory feeds.</summary>
public static class AdvisoryServices
{
    public static IServiceCollection AddScoutAdvisories(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(AdvisoryOptions.Read(configuration));
        services.AddSingleton<AdvisorySignal>();
        services.AddSingleton<AdvisoryClock>();
        services.AddSingleton<IAdvisoryFeed, OsvFeed>();
        services.AddSingleton<AdvisoryImport>();
        services.AddSingleton<FeedRunner>();
        services.AddSingleton<FeedList>();
        services.AddSingleton<AdvisoryRefresher>();
        services.AddHostedService(provider => provider.GetRequiredService<AdvisoryRefresher>());
        services.AddHttpClient(OsvFeed.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(15) })
            .RemoveAllLoggers(); // A mirror's address may carry a signature.
        return services;
    }
}
