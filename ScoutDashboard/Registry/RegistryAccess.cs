using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>A registry and what one needs to read from it.</summary>
public sealed record RegistryAccess(RegistryHostname Hostname, RegistryCredentials Credentials)
{
    /// <summary>Who signs in by Entra ID in place of name and password; null where those do.</summary>
    public RegistryIdentity? Identity { get; private init; }

    /// <summary>Access to a registry of Azure without any password.</summary>
    public static RegistryAccess By(RegistryIdentity identity, RegistryHostname hostname) => new(hostname, RegistryCredentials.None) { Identity = identity };
}

/// <summary>User name and password of a registry token; never printed.</summary>
public sealed record RegistryCredentials(string UserName, string Password)
{
    /// <summary>Nobody's: the registry is asked without a name.</summary>
    public static readonly RegistryCredentials None = new("", "");

    public override string ToString() => $"{UserName}:***";
}

/// <summary>Somebody whom Entra ID knows.</summary>
/// <param name="Name">Tells identities apart; no secret.</param>
/// <param name="GetTokenAsync">Their present token for container registries, which is a secret; throws <see cref="RegistryException"/>.</param>
public sealed record RegistryIdentity(string Name, Func<CancellationToken, Task<string>> GetTokenAsync)
{
    public override string ToString() => Name;
}
