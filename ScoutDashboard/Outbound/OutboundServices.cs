using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ScoutDashboard.Outbound;

/// <summary>Registers the one way out, once for all who need it.</summary>
public static class OutboundServices
{
    public static IServiceCollection AddScoutOutbound(this IServiceCollection services, IConfiguration configuration)
    {
        var options = OutboundOptions.Read(configuration);
        services.TryAddSingleton(_ => new OutboundNetwork(options));
        return services;
    }
}
