using Azure.Core;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Azure;

/// <summary>Registers the client of Azure's Resource Manager. Without an identity nothing of it is made.</summary>
public static class AzureServices
{
    public static IServiceCollection AddScoutAzure(this IServiceCollection services, IConfiguration configuration)
    {
        var options = AzureOptions.Read(configuration);
        services.AddScoutOutbound(configuration);
        services.AddSingleton(options);
        services.AddSingleton<Func<ArmEndpoint, TokenCredential>>(provider => endpoint => IdentityCredentials.Create(options, endpoint, provider.GetRequiredService<OutboundNetwork>()));
        services.AddSingleton<ArmClients>();
        services.AddSingleton<KeyVaults>();
        services.AddHttpClient(ArmHttp.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => new OutboundHandler(
                provider.GetRequiredService<OutboundNetwork>(), new OutboundRule(_ => false, "List the network in Outbound:AllowedNetworks if Azure's Resource Manager is behind a private link.")))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // The clients stay; connections are renewed beneath.
            .RemoveAllLoggers();
        return services;
    }
}
