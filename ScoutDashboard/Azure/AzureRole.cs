namespace ScoutDashboard.Azure;

/// <summary>The smallest custom role by which the dashboard does everything that it does in Azure; the README has it as JSON.</summary>
public static class AzureRole
{
    public const string Name = "ScoutDashboard";

    /// <summary>Also what Azure asks for while it deploys the template in the dashboard's name.</summary>
    public static readonly IReadOnlyList<string> Actions =
    [
        "Microsoft.Authorization/permissions/read",
        "Microsoft.ContainerRegistry/locations/operationResults/read",
        "Microsoft.ContainerRegistry/registries/generateCredentials/action",
        "Microsoft.ContainerRegistry/registries/operationStatuses/read",
        "Microsoft.ContainerRegistry/registries/read",
        "Microsoft.ContainerRegistry/registries/scopeMaps/read",
        "Microsoft.ContainerRegistry/registries/tokens/delete",
        "Microsoft.ContainerRegistry/registries/tokens/operationStatuses/read",
        "Microsoft.ContainerRegistry/registries/tokens/read",
        "Microsoft.ContainerRegistry/registries/tokens/write",
        "Microsoft.EventGrid/eventSubscriptions/write",
        "Microsoft.EventGrid/locations/operationResults/read",
        "Microsoft.EventGrid/locations/operationsStatus/read",
        "Microsoft.EventGrid/systemTopics/delete",
        "Microsoft.EventGrid/systemTopics/eventSubscriptions/delete",
        "Microsoft.EventGrid/systemTopics/eventSubscriptions/getFullUrl/action",
        "Microsoft.EventGrid/systemTopics/eventSubscriptions/read",
        "Microsoft.EventGrid/systemTopics/eventSubscriptions/write",
        "Microsoft.EventGrid/systemTopics/read",
        "Microsoft.EventGrid/systemTopics/write",
        "Microsoft.Resources/deployments/operations/read",
        "Microsoft.Resources/deployments/read",
        "Microsoft.Resources/deployments/validate/action",
        "Microsoft.Resources/deployments/whatIf/action",
        "Microsoft.Resources/deployments/write",
        "Microsoft.Resources/subscriptions/operationresults/read",
        "Microsoft.Resources/subscriptions/providers/read",
        "Microsoft.Resources/subscriptions/read",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
    ];
}
