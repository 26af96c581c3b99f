using ScoutDashboard.Advisories.AzureLinux;
using ScoutDashboard.Advisories.DotNet;
using ScoutDashboard.Advisories.Exploitation;
using ScoutDashboard.Advisories.Msrc;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Advisories;

/// <summary>Registers the advisory feeds.</summary>
public static class AdvisoryServices
{
    /// <param name="services">Where to.</param>
    /// <param name="configuration">Section <c>Advisories</c>.</param>
    /// <param name="unfinished">The folder that keeps unfinished downloads for the next attempt; null where there is none.</param>
    public static IServiceCollection AddScoutAdvisories(this IServiceCollection services, IConfiguration configuration, string? unfinished = null)
    {
        services.AddScoutOutbound(configuration);
        services.AddSingleton(AdvisoryOptions.Read(configuration));
        services.AddSingleton<AdvisorySignal>();
        services.AddSingleton<AdvisoryClock>();
        services.AddSingleton<AdvisoryImport>();
        services.AddSingleton<FeedDownloader>();
        services.AddSingleton(provider => new FeedParts(unfinished, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<FeedParts>>()));
        services.AddSingleton<FeedSource>();
        foreach (var ecosystem in OsvEcosystems.All)
        {
            services.AddSingleton<IAdvisoryFeed>(provider => ActivatorUtilities.CreateInstance<OsvFeed>(provider, ecosystem));
        }

        services.AddSingleton<IAdvisoryFeed, AzureLinuxFeed>();
        // After NuGet's: what those advisories tell, it does not repeat.
        services.AddSingleton<IAdvisoryFeed, DotNetFeed>();
        services.AddSingleton<IAdvisoryFeed, KevFeed>();
        services.AddSingleton<IAdvisoryFeed, EpssFeed>();
        // The most to fetch at first: it lets the others go before.
        services.AddSingleton<IAdvisoryFeed, MsrcFeed>();
        services.AddSingleton<FeedRunner>();
        services.AddSingleton<FeedList>();
        services.AddSingleton<AdvisoryRefresher>();
        services.AddHostedService(provider => provider.GetRequiredService<AdvisoryRefresher>());
        services.AddHttpClient(FeedDownloader.ClientName, client =>
            {
                client.Timeout = Timeout.InfiniteTimeSpan;
                // Without it Microsoft's documents come as XML.
                client.DefaultRequestHeaders.Accept.ParseAdd("application/json, */*;q=0.9");
            })
            .ConfigurePrimaryHttpMessageHandler(provider => new OutboundHandler(provider.GetRequiredService<OutboundNetwork>(), provider.GetRequiredService<AdvisoryOptions>().Outbound))
            .RemoveAllLoggers(); // A mirror's address may carry a signature.
        return services;
    }
}
