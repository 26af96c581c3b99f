using System.Globalization;
using System.Text.Json;
using Azure.Core;
using ScoutDashboard.Images;

namespace ScoutDashboard.Azure;

/// <summary>Container registries of the subscriptions that the identity sees.</summary>
public sealed class ArmRegistries(ArmHttp http, ArmPages pages)
{
    /// <summary>All registries of a subscription.</summary>
    public async Task<IReadOnlyList<AzureRegistry>> ListAsync(Guid subscription, CancellationToken cancellationToken) =>
        [.. (await pages.ReadAsync(http.Endpoint.At($"subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/registries", ArmVersions.Registries), cancellationToken))
            .Select(Read).OfType<AzureRegistry>()];

    public async Task<AzureRegistry> GetAsync(AzureRegistryId registry, CancellationToken cancellationToken) =>
        Read((await http.SendAsync(RequestMethod.Get, http.Endpoint.At(registry.Path, ArmVersions.Registries), null, cancellationToken)).Body)
            ?? throw new ArmException(ArmError.BadResponse, $"{http.Endpoint.Address.Host} sent no registry where one was asked for.");

    /// <summary>Whether a registry gives permissions of each repository (ABAC) rather than for all of it; null where its cloud does not tell, or could not be asked.</summary>
    public async Task<bool?> HasRepositoryPermissionsAsync(AzureRegistryId registry, CancellationToken cancellationToken)
    {
        try
        {
            var found = (await http.SendAsync(RequestMethod.Get, http.Endpoint.At(registry.Path, ArmVersions.RegistryPermissions), null, cancellationToken)).Body;
            return found.Text("properties", "roleAssignmentMode").ToUpperInvariant() switch { "ABACREPOSITORYPERMISSIONS" => true, "LEGACYREGISTRYPERMISSIONS" => false, _ => null };
        }
        catch (ArmException)
        {
            return null;
        }
    }

    // What has no id or login server of the known form can't be connected.
    private static AzureRegistry? Read(JsonElement item)
    {
        if (!AzureRegistryId.TryParse(item.Text("id"), out var id) || !RegistryHostname.TryParse(item.Text("properties", "loginServer"), [], out var loginServer))
        {
            return null;
        }

        var properties = item.Member("properties");
        return new AzureRegistry(id, loginServer, DisplayText.Sanitise(item.Text("location"), 60), DisplayText.Sanitise(item.Text("sku", "name"), 30))
        {
            MadeAt = DateTimeOffset.TryParse(properties.Text("creationDate"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var made) ? made.UtcDateTime : null,
            IsPublic = !properties.Text("publicNetworkAccess").Equals("Disabled", StringComparison.OrdinalIgnoreCase),
            HasNetworkRules = properties.Text("networkRuleSet", "defaultAction").Equals("Deny", StringComparison.OrdinalIgnoreCase),
        };
    }
}

/// <param name="Location">Region, e.g. <c>westeurope</c>.</param>
/// <param name="Sku">Basic, Standard or Premium.</param>
public sealed record AzureRegistry(AzureRegistryId Id, RegistryHostname LoginServer, string Location, string Sku)
{
    /// <summary>UTC; null where Azure does not tell. A registry that is moved keeps it.</summary>
    public DateTime? MadeAt { get; init; }

    /// <summary>Whether it may be reached from outside its network at all.</summary>
    public bool IsPublic { get; init; } = true;

    /// <summary>Whether only listed addresses reach it.</summary>
    public bool HasNetworkRules { get; init; }
}
