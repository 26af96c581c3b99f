using ScoutDashboard.Images;
using ScoutDashboard.Outbound;

namespace ScoutDashboard.Registry;

/// <summary>Which other hosts a registry may send us to: default deny, since whoever answers for the registry chooses the address.</summary>
public sealed class HostRules(RegistryOptions options)
{
    // Where ACR keeps blobs, by cloud: storage accounts, and dedicated data endpoints (Premium).
    private static readonly Dictionary<string, string[]> BlobSuffixes = new()
    {
        [AzureCloud.Public.Name] = [".blob.core.windows.net", ".data.azurecr.io"],
        [AzureCloud.UsGovernment.Name] = [".blob.core.usgovcloudapi.net", ".data.azurecr.us"],
        [AzureCloud.China.Name] = [".blob.core.chinacloudapi.cn", ".data.azurecr.cn"],
    };

    /// <summary>What a registry, its token service and its blob store may be connected by.</summary>
    public OutboundRule Outbound => new(IsAllowed, "If it is yours, list the host in Registries:AllowedHosts, or its network in Outbound:AllowedNetworks.");

    /// <summary>Whether name and password may be sent there: the registry's own host, or one that the administrator allowed.</summary>
    public bool IsTokenService(Uri realm, RegistryHostname registry) => IsPlain(realm) && (IsSame(realm, registry) || IsAllowed(realm));

    /// <summary>Whether it is the registry's own host, where an identity may sign in.</summary>
    public static bool IsOwn(Uri realm, RegistryHostname registry) => IsPlain(realm) && IsSame(realm, registry);

    /// <summary>Whether a blob may be fetched there (without any credentials).</summary>
    public bool IsBlobStore(Uri location, RegistryHostname registry) => IsPlain(location) && (IsSame(location, registry) || IsAllowed(location)
        || (registry.Cloud is { } cloud && location.Scheme == Uri.UriSchemeHttps && location.IsDefaultPort
            && BlobSuffixes[cloud.Name].Any(suffix => location.IdnHost.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))));

    /// <summary>Whether a layer that its registry may not distribute lies at Microsoft's own, where those of Windows are (without any credentials).</summary>
    public static bool IsWindowsStore(Uri location) => location.Scheme == Uri.UriSchemeHttps && location.IsDefaultPort && location.UserInfo.Length == 0
        && (location.IdnHost.Equals("mcr.microsoft.com", StringComparison.OrdinalIgnoreCase) || location.IdnHost.EndsWith(".data.mcr.microsoft.com", StringComparison.OrdinalIgnoreCase));

    private static bool IsPlain(Uri uri) => uri.UserInfo.Length == 0 && (uri.Scheme is "http" or "https");

    private static bool IsSame(Uri uri, RegistryHostname registry) =>
        uri.Scheme == registry.BaseAddress.Scheme && uri.Authority.Equals(registry.BaseAddress.Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the administrator listed this host.</summary>
    public bool IsAllowed(Uri uri) => options.AllowedHosts.Any(entry =>
        Uri.TryCreate(entry.Contains("://", StringComparison.Ordinal) ? entry : $"https://{entry}", UriKind.Absolute, out var allowed)
        && allowed.Scheme == uri.Scheme && allowed.Authority.Equals(uri.Authority, StringComparison.OrdinalIgnoreCase));
}
