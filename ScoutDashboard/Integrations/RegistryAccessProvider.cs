using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Gives whoever must read a registry what its integration signs in by: the stored token, or the dashboard's own identity.</summary>
public sealed class RegistryAccessProvider(IDbContextFactory<ScoutDb> databases, SecretVault vault, RegistryOptions registries, ArmClients azure)
{
    private const string NoLongerAllowed = "The administrator no longer allows this host: it is missing from Registries:AllowedHosts.";
    private const string Unreadable = "The stored token can't be opened: the data protection keys that protected it are gone. Paste a new one.";

    private const string NoIdentity = "The dashboard has no identity in Azure any more that this registry could know: set Azure:Identity, or give the registry a token.";

    /// <summary>Access by the dashboard's own identity; null where it has none, or the registry is not of its cloud.</summary>
    public RegistryAccess? ByIdentity(RegistryHostname hostname) => IdentitySignIn.AccessTo(hostname, azure);

    /// <summary>Access to the registry, or null where the integration is removed, has no token, its token can't be opened, the identity is gone, or the host is no longer allowed.</summary>
    public async Task<RegistryAccess?> FindAsync(long integrationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Integrations.Where(i => i.Id == integrationId && i.RemovedAt == null && (i.ProtectedToken != null || i.UsesIdentity))
            .Select(i => new { i.Hostname, i.TokenName, i.ProtectedToken, i.UsesIdentity }).SingleOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            return null;
        }

        if (!RegistryHostname.TryParse(row.Hostname, registries.AllowedHosts, out var hostname))
        {
            await SetErrorAsync(db, integrationId, NoLongerAllowed, cancellationToken);
            return null;
        }

        var access = row.UsesIdentity ? ByIdentity(hostname)
            : vault.Open(SecretKind.RegistryToken, row.Hostname, row.ProtectedToken!) is { } password ? new RegistryAccess(hostname, new RegistryCredentials(row.TokenName, password)) : null;
        await (access is null ? SetErrorAsync(db, integrationId, row.UsesIdentity ? NoIdentity : Unreadable, cancellationToken) : Task.CompletedTask);
        return access;
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

    private static bool NeedsSomeone(RegistryError error) => error is RegistryError.NoIdentity or RegistryError.Unauthorized or RegistryError.TokenDisabled or RegistryError.CatalogDenied
        or RegistryError.PullDenied or RegistryError.HostNotFound or RegistryError.Tls or RegistryError.NotARegistry or RegistryError.UntrustedRealm;

    private static Task<int> SetErrorAsync(ScoutDb db, long integrationId, string reason, CancellationToken cancellationToken) =>
        db.Integrations.Where(i => i.Id == integrationId && (i.State == IntegrationState.Connected || i.State == IntegrationState.Error))
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.State, IntegrationState.Error).SetProperty(i => i.StateReason, reason), cancellationToken);
}
