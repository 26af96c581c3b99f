namespace ScoutDashboard.Images;

/// <summary>The Azure cloud that a login server belongs to, with its portal.</summary>
public sealed record AzureCloud(string Name, string RegistrySuffix, Uri Portal)
{
    public static readonly AzureCloud Public = new("AzureCloud", ".azurecr.io", new Uri("https://portal.azure.com/"));
    public static readonly AzureCloud UsGovernment = new("AzureUSGovernment", ".azurecr.us", new Uri("https://portal.azure.us/"));
    public static readonly AzureCloud China = new("AzureChinaCloud", ".azurecr.cn", new Uri("https://portal.azure.cn/"));

    public static readonly IReadOnlyList<AzureCloud> All = [Public, UsGovernment, China];
}
