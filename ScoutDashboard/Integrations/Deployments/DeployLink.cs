using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>Links into the Azure portal of a registry's cloud.</summary>
public static class DeployLink
{
    /// <summary>"Deploy to Azure": opens the custom deployment of a template (deploy-to-azure-button.md of the ARM documentation).</summary>
    public static string For(AzureCloud cloud, string templateUrl) => $"{cloud.Portal}#create/Microsoft.Template/uri/{Uri.EscapeDataString(templateUrl)}";

    /// <summary>The portal's list of all resources of a type, where a leftover is found.</summary>
    public static string Browse(AzureCloud cloud, string resourceType) => $"{cloud.Portal}#browse/{Uri.EscapeDataString(resourceType)}";
}
