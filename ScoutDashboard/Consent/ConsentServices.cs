using ScoutDashboard.Access;
using ScoutDashboard.Azure;

namespace ScoutDashboard.Consent;

/// <summary>Registers by whose rights something is done in Azure, and the way by which persons consent to it.</summary>
public static class ConsentServices
{
    /// <summary>All but the way to the issuer, which only the web has.</summary>
    public static IServiceCollection AddScoutConsent(this IServiceCollection services)
    {
        services.AddSingleton<ConsentStore>();
        services.AddSingleton<AzureIdentities>();
        return services;
    }

    public static IServiceCollection AddScoutConsentWay(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<ConsentOffer>();
        ConsentWay.Add(services, AzureOptions.Read(configuration), SingleSignOnOptions.Read(configuration));
        return services;
    }

    public static void MapScoutConsent(this IEndpointRouteBuilder endpoints) => ConsentWay.Map(endpoints);
}
