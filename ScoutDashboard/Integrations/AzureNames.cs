namespace ScoutDashboard.Integrations;

/// <summary>The names of what the deployment template creates in Azure, as users of Docker Scout know them.</summary>
public static class AzureNames
{
    public const string Token = "docker-scout-readonly-token";
    public const string SystemTopic = "docker-scout-repository";
    public const string EventSubscription = "image-change";
    public const string ScopeMap = "_repositories_pull_metadata_read";

    /// <summary>By which a registry's deployment is found again; at most 64 characters, as Azure allows.</summary>
    public static string DeploymentOf(string registry) => $"docker-scout-{registry}";
}
