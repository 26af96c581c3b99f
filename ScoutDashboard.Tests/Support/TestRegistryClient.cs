using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Tests.Support;

/// <summary>The registry client as the application registers it, retries included; over the network, or over a handler of the test's.</summary>
internal static class TestRegistryClient
{
    public static RegistryClient Create(string allowedHosts = "", HttpMessageHandler? network = null, TimeProvider? clock = null) =>
        Services(allowedHosts, network, clock).GetRequiredService<RegistryClient>();

    public static IServiceProvider Services(string allowedHosts = "", HttpMessageHandler? network = null, TimeProvider? clock = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Registries:AllowedHosts", allowedHosts)]).Build();
        var services = new ServiceCollection().AddSingleton(clock ?? TimeProvider.System).AddScoutRegistry(configuration);
        if (network is not null)
        {
            services.AddHttpClient(RegistryHttp.ClientName).ConfigurePrimaryHttpMessageHandler(() => network);
        }

        return services.BuildServiceProvider();
    }
}
