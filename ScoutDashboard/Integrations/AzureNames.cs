namespace ScoutDashboard.Integrations;

/// <summary>The names of what the deployment template creates in Azure, as users of Docker Scout know them.</summary>
public static class AzureNames
{
    public const string Token = "docker-scout-readonly-token";
    public const string SystemTopic = "docker-scout-repository";
    public const string EventSubscription = "image-change";
    public const string ScopeMap = "_repositories_pull_metadata_read";

    /// <summary>The role by which an identity lists and reads a registry, unless that has permissions of each repository (learn: container-registry-rbac-built-in-roles-overview).</summary>
    public const string PullRole = "AcrPull";

    /// <summary>Those of a registry that has permissions of each repository (ABAC), where <see cref="PullRole"/> counts for nothing: one reads, the other lists.</summary>
    public static readonly IReadOnlyList<string> RepositoryRoles = ["Container Registry Repository Reader", "Container Registry Repository Catalog Lister"];

    /// <summary>By which a registry's deployment is found again; at most 64 characters, as Azure allows.</summary>
    public static string DeploymentOf(string registry) => $"docker-scout-{registry}";
}
