using ScoutDashboard.Images;

namespace ScoutDashboard.Azure;

/// <summary>Where a cloud's Resource Manager is, what a token for it is asked for, and who issues it.</summary>
/// <param name="Address">The only host that gets the token; https.</param>
/// <param name="Scope">Audience of the token, ending in <c>/.default</c>.</param>
/// <param name="Login">The cloud's Entra ID.</param>
public sealed record ArmEndpoint(Uri Address, string Scope, Uri Login)
{
    // azure-cli's cloud.py.
    private static readonly Dictionary<string, ArmEndpoint> Clouds = new()
    {
        [AzureCloud.Public.Name] = Of("https://management.azure.com/", "https://management.azure.com/.default", "https://login.microsoftonline.com/"),
        [AzureCloud.UsGovernment.Name] = Of("https://management.usgovcloudapi.net/", "https://management.core.usgovcloudapi.net/.default", "https://login.microsoftonline.us/"),
        [AzureCloud.China.Name] = Of("https://management.chinacloudapi.cn/", "https://management.core.chinacloudapi.cn/.default", "https://login.chinacloudapi.cn/"),
    };

    // Azure's own limit (learn: async-operations).
    private const int LongestLink = 4096;

    public static ArmEndpoint For(AzureCloud cloud) => Clouds[cloud.Name];

    /// <summary>The address of a call.</summary>
    /// <param name="path">Without a leading slash, its parts escaped.</param>
    public Uri At(string path, string apiVersion) => new(Address, $"{path}?api-version={apiVersion}");

    /// <summary>The address that an answer told to go on at.</summary>
    /// <exception cref="ArmException">It leads to another host: the token would go there.</exception>
    public Uri Follow(string link) =>
        link.Length <= LongestLink && Uri.TryCreate(Address, link, out var address) && address.Scheme == Address.Scheme && address.UserInfo.Length == 0
            && address.Authority.Equals(Address.Authority, StringComparison.OrdinalIgnoreCase)
            ? address : throw new ArmException(ArmError.UntrustedLink, $"{Address.Host} told to go on at an address that is not its own; it was not connected.");

    private static ArmEndpoint Of(string address, string scope, string login) => new(new Uri(address), scope, new Uri(login));
}
