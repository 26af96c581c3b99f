using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>What a person can do about each way in which a registry can't be read.</summary>
public static class Remedies
{
    public const string EmptyCatalogue =
        "If the registry does hold repositories, the token's scope map is too narrow: ACR then lists nothing rather than refusing. Use the scope map _repositories_pull_metadata_read.";

    public static string For(RegistryError error) => error switch
    {
        RegistryError.HostNotFound => "Compare the hostname with “Login server” on the registry's overview in the Azure portal. A registry behind a private endpoint resolves only inside its network.",
        RegistryError.ConnectionRefused => "Check that the registry is running, and that its firewall and any proxy let this server through on the registry's port.",
        RegistryError.Tls => "Install the authority that issued the registry's certificate on this server, and check that no proxy replaces certificates.",
        RegistryError.Timeout => "Check that the registry's network rules allow this server's address, then try again.",
        RegistryError.NotARegistry => "Check the hostname: give the registry's login server, not a website or a portal address.",
        RegistryError.Unauthorized => "Paste the password of this very token: generate a new one if in doubt. A new password of a token that had one can take a minute to work.",
        RegistryError.TokenDisabled => "In the registry, open Tokens, enable the token, and generate a new password if the old one has expired.",
        RegistryError.CatalogDenied => "Give the token the scope map _repositories_pull_metadata_read, which lists all repositories.",
        RegistryError.PullDenied => "Give the token a scope map with content/read for all repositories, as _repositories_pull_metadata_read has.",
        RegistryError.Throttled => "The registry limits requests at the moment. Wait a minute, then try again.",
        RegistryError.UntrustedRealm => "If you trust that host, the administrator can add it to Registries:AllowedHosts.",
        RegistryError.UntrustedAddress => "A registry behind a private endpoint has a private address: the administrator can add that network to Outbound:AllowedNetworks, or the host to Registries:AllowedHosts.",
        RegistryError.ServerError => "The fault is on the registry's side. Try again later, and look at the registry's health in the Azure portal.",
        RegistryError.NotFound => "The image may have been deleted meanwhile. Try again.",
        _ => "Try again. If it stays so, a proxy between this server and the registry may change the answers.",
    };
}
