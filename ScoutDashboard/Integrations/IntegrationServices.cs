using ScoutDashboard.Consent;
using ScoutDashboard.Integrations.Cleanup;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Integrations;

/// <summary>Registers the integrations and maps the template endpoint.</summary>
public static class IntegrationServices
{
    // Bytes; whatever answers at the public address is to say no more than a nonce.
    private const int LongestAnswer = 4096;

    public static IServiceCollection AddScoutIntegrations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddDataProtection();
        services.AddScoutOutbound(configuration);
        services.AddScoutConsent();
        services.AddRateLimiter(TemplateEndpoint.AddLimit).AddRateLimiter(PresenceEndpoint.AddLimit);
        services.AddSingleton(PublicUrl.Read(configuration));
        services.AddSingleton(ReconcileOptions.Read(configuration));
        services.AddSingleton<SecretVault>();
        services.AddSingleton<IntegrationService>();
        services.AddSingleton<RegistryDiscovery>();
        services.AddSingleton<DeploymentCheck>();
        services.AddSingleton<PresenceMark>();
        services.AddSingleton<PublicUrlCheck>();
        services.AddHttpClient(PublicUrlCheck.ClientName, client => (client.Timeout, client.MaxResponseContentBufferSize) = (PublicUrlCheck.Patience, LongestAnswer))
            .ConfigurePrimaryHttpMessageHandler(provider => new OutboundHandler(provider.GetRequiredService<OutboundNetwork>(), new OutboundRule(_ => false, ""))).RemoveAllLoggers();
        services.AddSingleton<DeploymentPreview>();
        services.AddSingleton<DeploymentRun>();
        services.AddSingleton<TokenIssue>();
        services.AddSingleton<IssuedPassword>();
        services.AddSingleton<IdentitySignIn>();
        services.AddSingleton<RegistryLocator>();
        services.AddSingleton<RotationLedger>();
        services.AddSingleton<NewPasswordTest>();
        services.AddSingleton<TokenRotation>();
        services.AddSingleton<OldPasswords>();
        services.AddSingleton<RotationRound>();
        services.AddSingleton<RotationSettings>();
        services.AddSingleton<AzureLook>();
        services.AddSingleton<AzureWatch>();
        services.AddSingleton<TopicMend>();
        services.AddSingleton<AzureMend>();
        services.AddSingleton<PlaceFinder>();
        services.AddSingleton<WatchRound>();
        services.AddHostedService<AzureWorker>();
        services.AddSingleton<DeploymentPlanner>();
        services.AddSingleton<RegistryAccessProvider>();
        services.AddSingleton<RemovalService>();
        services.AddSingleton<AzureCleanup>();
        services.AddSingleton<LeftoverSearch>();
        services.AddSingleton<ConnectionTest>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<ConnectionService>();
        return services;
    }

    public static void MapScoutIntegrations(this IEndpointRouteBuilder endpoints)
    {
        TemplateEndpoint.Map(endpoints);
        PresenceEndpoint.Map(endpoints);
    }
}
