using ScoutDashboard.Registry;

namespace ScoutDashboard.Jobs;

/// <summary>Tells failures of a registry from failures of one image or repository.</summary>
public static class RegistryHealth
{
    /// <summary>Whether this failure says that the integration as a whole doesn't work.</summary>
    public static bool IsAboutTheRegistry(RegistryException exception) => exception.Error is
        RegistryError.HostNotFound or RegistryError.ConnectionRefused or RegistryError.Tls or RegistryError.Timeout or RegistryError.NotARegistry
        or RegistryError.NoIdentity or RegistryError.Unauthorized or RegistryError.TokenDisabled or RegistryError.UntrustedRealm or RegistryError.ServerError;
}
