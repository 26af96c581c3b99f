using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>What a person needs to create the Azure resources of one registry; shown to signed-in users only.</summary>
/// <param name="TemplatePath">Where this dashboard serves the filled template, as a path.</param>
/// <param name="PortalLink">Null where Azure can't reach this dashboard.</param>
/// <param name="WebhookUrl">Null where Azure can't reach this dashboard.</param>
public sealed record DeploymentPlan(AzureCloud Cloud, string RegistryName, string TemplatePath, string? PortalLink, string? WebhookUrl)
{
    /// <summary>Where the registry lies; null where only a person knows.</summary>
    public AzurePlace? Place { get; init; }

    public string Command => AzureCommands.Deploy(RegistryName, WebhookUrl, Place);
}
