namespace ScoutDashboard.Azure;

/// <summary>What a person can type to see or mend why Azure could not be asked about a registry: commands of the Azure CLI, curl where Azure is not reached. None prints a secret.</summary>
public static class ArmCommands
{
    /// <param name="address">Of the cloud's Resource Manager.</param>
    /// <param name="isPersons">Whether it was asked by a person's rights, not the dashboard's.</param>
    public static string For(ArmError error, AzureRegistryId registry, Uri address, bool isPersons) => error switch
    {
        ArmError.NoIdentity => "az account get-access-token --query expiresOn --output tsv",
        ArmError.Unauthorized => $"az account show --subscription {registry.Subscription} --query tenantId --output tsv",
        ArmError.Forbidden => GiveRole($"/{registry.GroupPath}", isPersons),
        ArmError.Unreachable or ArmError.UntrustedAddress or ArmError.UntrustedLink or ArmError.TooLarge or ArmError.BadResponse => $"curl -sS -o /dev/null -w '%{{http_code}} %{{remote_ip}}\n' {address}",
        _ => $"az acr show --name {registry.Name} --resource-group '{registry.ResourceGroup}' --subscription {registry.Subscription} --query provisioningState --output tsv",
    };

    /// <summary>Gives the role that the README lists to the dashboard's identity, or to a person.</summary>
    /// <param name="scope">Path of a resource group, with a leading slash.</param>
    public static string GiveRole(string scope, bool isPersons) => $"az role assignment create --role {AzureRole.Name} --assignee {(isPersons ? "USER" : "CLIENT_ID")} --scope '{scope}'";
}
