using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Operations;
using ScoutDashboard.Registry;

namespace ScoutDashboard;

/// <summary>The rooms that verbs use as pages do, over the dashboard's own database and keys, also while it runs.</summary>
public static class ScoutShell
{
    /// <summary>They live as long as the process.</summary>
    /// <exception cref="StartupException">The keys can't be used.</exception>
    public static IServiceProvider Services(IConfiguration configuration)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddScoutKeys(ScoutPaths.DataDirectory(configuration), ScoutOptions.Read(configuration));
        services.AddSingleton(TimeProvider.System);
        services.AddScoutData(ScoutPaths.Database(configuration));
        services.AddScoutRegistry(configuration);
        services.AddScoutAzure(configuration);
        services.AddScoutIntegrations(configuration);
        var provider = services.BuildServiceProvider();
        // A verb that changes something in Azure must not find out behind it that it can't store what it got.
        KeyProtection.CheckVaultAsync(provider, CancellationToken.None).GetAwaiter().GetResult();
        return provider;
    }
}
