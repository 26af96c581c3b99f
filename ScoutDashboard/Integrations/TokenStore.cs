using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations;

/// <summary>Keeps the tokens of registries, protected.</summary>
public sealed class TokenStore(IDbContextFactory<ScoutDb> databases, SecretVault vault, TimeProvider clock)
{
    private const int MaxNameLength = 100;

    /// <summary>Whether a token may have this name: Azure's rule (letters, digits, dash, underscore; 5 to 50), or any user name that HTTP can carry.</summary>
    public static bool IsName(RegistryHostname hostname, string name) => hostname.IsAzure
        ? name.Length is >= 5 and <= 50 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
        : name.Length is > 0 and <= MaxNameLength && !name.Any(character => char.IsControl(character) || character == ':');

    /// <summary>Stores a token that was tested, in place of any before; the registry is connected from now on.</summary>
    /// <returns>False where the registry was removed meanwhile.</returns>
    public async Task<bool> StoreAsync(int organizationId, long id, RegistryHostname hostname, string name, string password, CancellationToken cancellationToken)
    {
        var closed = vault.Protect(SecretKind.RegistryToken, hostname.Value, password);
        var now = clock.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.Where(i => i.Id == id && i.OrganizationId == organizationId && i.RemovedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.ProtectedToken, closed).SetProperty(i => i.TokenName, name)
                .SetProperty(i => i.State, IntegrationState.Connected).SetProperty(i => i.StateReason, (string?)null)
                .SetProperty(i => i.LastTestAt, now), cancellationToken) == 1;
    }

    /// <summary>Writes down that the stored token was tested now.</summary>
    public async Task MarkTestedAsync(long id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Integrations.Where(i => i.Id == id).ExecuteUpdateAsync(set => set.SetProperty(i => i.LastTestAt, now), cancellationToken);
    }
}
