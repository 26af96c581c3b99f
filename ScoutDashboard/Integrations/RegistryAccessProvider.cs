using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Opens the stored token of an integration for whoever must read its registry.</summary>
public sealed class RegistryAccessProvider
{
    /// <summary>Access to the registry, or null where the integration is removed or has no token.</summary>
    public Task<RegistryAccess?> FindAsync(long integrationId, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Writes down that the registry refused or answered: moves the integration between Connected and Error.</summary>
    public Task ReportAsync(long integrationId, RegistryException? failure, CancellationToken cancellationToken) => throw new NotImplementedException();
}
