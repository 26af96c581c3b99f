using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations;

/// <summary>The Azure CLI commands that a person may copy; RESOURCE_GROUP stands where only that person knows the name.</summary>
public static class AzureCommands
{
    public const string TemplateFile = "acr-integration.json";

    /// <summary>Deploys the downloaded template.</summary>
    /// <param name="webhookUrl">Null where Azure can't reach the dashboard: the template then creates the token alone.</param>
    /// <param name="place">Null where only a person knows.</param>
    public static string Deploy(string registryName, string? webhookUrl, AzurePlace? place = null) =>
        $"az deployment group create {(place is null ? "--resource-group RESOURCE_GROUP" : $"--subscription {place.Subscription} --resource-group '{place.ResourceGroup}'")} --name docker-scout --template-file {TemplateFile} --parameters RegistryName={registryName}"
        + (webhookUrl is null ? "" : $" DockerScoutWebhook='{webhookUrl}'");

    /// <summary>Prints a new password of the token; an older one ends.</summary>
    public static string GeneratePassword(string registryName, string tokenName) =>
        $"az acr token credential generate --registry {registryName} --name {tokenName} --password1 --query 'passwords[0].value' --output tsv";

    /// <summary>Gives a role at a registry, and where it is not in the public cloud chooses that first.</summary>
    /// <param name="owner">Null where only a person knows.</param>
    /// <param name="registry">Null where the registry has to be looked up.</param>
    public static string GiveRoles(RegistryHostname host, AzureRegistryId? registry, IdentityOwner? owner, params IReadOnlyList<string> roles)
    {
        var who = $"--assignee-object-id {owner?.ObjectId.ToString() ?? "OBJECT_ID"} --assignee-principal-type {(owner is { IsPerson: true } ? "User" : "ServicePrincipal")}";
        var scope = registry is null ? $"\"$(az acr show --name {host.RegistryName} --query id --output tsv)\"" : $"'/{registry.Path}'";
        IEnumerable<string> lines = [.. host.Cloud is { } cloud && ChooseCloud(cloud) is { } choice ? [choice] : Array.Empty<string>(),
            .. roles.Select(role => $"az role assignment create {who} --role {(role.Contains(' ', StringComparison.Ordinal) ? $"'{role}'" : role)} --scope {scope}")];
        return string.Join('\n', lines);
    }

    /// <summary>Ends all sign-ins by a token that is not used.</summary>
    public static string Disable(string registryName, string tokenName) => $"az acr token update --registry {registryName} --name {tokenName} --status disabled";

    /// <summary>Chooses the cloud first where it is not the public one.</summary>
    public static string? ChooseCloud(AzureCloud cloud) => cloud == AzureCloud.Public ? null : $"az cloud set --name {cloud.Name}";

    /// <summary>Deletes what a removed integration left behind.</summary>
    public static string Delete(CleanupKind kind, string registryName, string resourceName) => kind switch
    {
        CleanupKind.RegistryToken => $"az acr token delete --registry {registryName} --name {resourceName} --yes",
        CleanupKind.SystemTopic => $"az eventgrid system-topic delete --resource-group RESOURCE_GROUP --name {resourceName} --yes",
        _ => $"az eventgrid system-topic event-subscription delete --resource-group RESOURCE_GROUP --system-topic-name {resourceName.Split('/')[0]} --name {resourceName.Split('/')[^1]} --yes",
    };

    /// <summary>The Azure type of a leftover, by which the portal lists it.</summary>
    public static string ResourceType(CleanupKind kind) => kind == CleanupKind.RegistryToken ? "Microsoft.ContainerRegistry/registries" : "Microsoft.EventGrid/systemTopics";
}
