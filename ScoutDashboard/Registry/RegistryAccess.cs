using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>A registry and what one needs to read from it.</summary>
public sealed record RegistryAccess(RegistryHostname Hostname, RegistryCredentials Credentials);

/// <summary>User name and password of a registry token; never printed.</summary>
public sealed record RegistryCredentials(string UserName, string Password)
{
    /// <summary>Nobody's: the registry is asked without a name.</summary>
    public static readonly RegistryCredentials None = new("", "");

    public override string ToString() => $"{UserName}:***";
}
