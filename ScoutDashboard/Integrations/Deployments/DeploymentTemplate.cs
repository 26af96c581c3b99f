using System.Text.Json;
using System.Text.Json.Nodes;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>
/// The ARM template of an integration: the embedded <c>templates/acr-integration.json</c> with this registry's values as defaults, for the portal's link can carry none.
/// </summary>
/// <remarks>
/// <c>DockerScoutWebhook</c> is a <c>securestring</c>, so that the address with its key stays out of the deployment history. Its default value shows the key to whoever
/// has the template, which is why the template's own address is unguessable and never cached. Where Azure can't reach the dashboard the default is empty, and the
/// template creates the token alone.
/// </remarks>
public static class DeploymentTemplate
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="webhookUrl">Null where Azure can't reach the dashboard.</param>
    /// <param name="createsToken">Whether the registry is read by a token.</param>
    /// <param name="location">The registry's region; null: that of the resource group, which mostly is the same.</param>
    public static string Fill(string registryName, string? webhookUrl, string systemTopic, bool usesExistingTopic, bool createsToken, string? location)
    {
        using var stream = typeof(DeploymentTemplate).Assembly.GetManifestResourceStream("templates/acr-integration.json")!;
        var template = JsonNode.Parse(stream)!;
        var parameters = template["parameters"]!;
        parameters["RegistryName"]!["defaultValue"] = registryName;
        parameters["DockerScoutWebhook"]!["defaultValue"] = webhookUrl ?? "";
        parameters["systemTopics_dockerScoutRepository"]!["defaultValue"] = systemTopic;
        parameters["useExistingSystemTopic"]!["defaultValue"] = usesExistingTopic;
        parameters["createToken"]!["defaultValue"] = createsToken;
        if (location is not null)
        {
            parameters["location"]!["defaultValue"] = location;
        }

        return template.ToJsonString(Indented);
    }
}
