using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Opens the stored token of an integration for whoever must read its registry.</summary>
public sealed class RegistryAccessProvider(IDbContextFactory<ScoutDb> databases, SecretVault vault, RegistryOptions registries)
{
    private const string NoLongerAllowed = "The administrator no longer allows this host: it is missing from Registries:AllowedHosts.";
    private const string Unreadable = "The stored token can't be opened: the data protection keys that protected it are gone. Paste a new one.";

    /// <summary>Access to the registry, or null where the integration is removed, has no token, its token can't be opened, or its host is no longer allowed.</summary>
    public async Task<RegistryAccess?> FindAsync(long integrationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Integrations.Where(i => i.Id == integrationId && i.RemovedAt == null && i.ProtectedToken != null)
            .Select(i => new { i.Hostname, i.TokenName, i.ProtectedToken }).SingleOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            return null;
        }

        var password = vault.Open(SecretKind.RegistryToken, row.Hostname, row.ProtectedToken!);
        if (RegistryHostname.TryParse(row.Hostname, registries.AllowedHosts, out var hostname) && password is not null)
        {
            return new RegistryAccess(hostname, new RegistryCredentials(row.TokenName, password));
        }

        await SetErrorAsync(db, integrationId, hostname is null ? NoLongerAllowed : Unreadable, cancellationToken);
        return null;
    }

    /// <summary>Writes down that the registry refused or answered: moves the integration between Connected and Error. Faults that pass by themselves change nothing.</summary>
    public async Task ReportAsync(long integrationId, RegistryException? failure, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (failure is null)
        {
            await db.Integrations.Where(i => i.Id == integrationId && i.State == IntegrationState.Error)
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.State, IntegrationState.Connected).SetProperty(i => i.StateReason, (string?)null), cancellationToken);
        }
        else if (NeedsSomeone(failure.Error))
        {
            await SetErrorAsync(db, integrationId, DisplayText.Sanitise(failure.Message, 300), cancellationToken);
        }
    }

    private static bool NeedsSomeone(RegistryError error) => error is RegistryError.Unauthorized or RegistryError.TokenDisabled or RegistryError.CatalogDenied
        or RegistryError.PullDenied or RegistryError.HostNotFound or RegistryError.Tls or RegistryError.NotARegistry or RegistryError.UntrustedRealm;

    private static Task<int> SetErrorAsync(ScoutDb db, long integrationId, string reason, CancellationToken cancellationToken) =>
        db.Integrations.Where(i => i.Id == integrationId && (i.State == IntegrationState.Connected || i.State == IntegrationState.Error))
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.State, IntegrationState.Error).SetProperty(i => i.StateReason, reason), cancellationToken);
}
