using Azure.Core;

namespace ScoutDashboard.Azure;

/// <summary>Subscriptions that the identity sees, what is registered in them, and what it may do.</summary>
public sealed class ArmSubscriptions(ArmHttp http, ArmPages pages)
{
    /// <summary>All that are not disabled.</summary>
    public async Task<IReadOnlyList<AzureSubscription>> ListAsync(CancellationToken cancellationToken) =>
    [
        .. (await pages.ReadAsync(http.Endpoint.At("subscriptions", ArmVersions.Subscriptions), cancellationToken))
            .Where(item => !item.Text("state").Equals("Disabled", StringComparison.OrdinalIgnoreCase) && !item.Text("state").Equals("Deleted", StringComparison.OrdinalIgnoreCase))
            .Select(item => Guid.TryParse(item.Text("subscriptionId"), out var id) ? new AzureSubscription(id, item.Text("displayName")) : null).OfType<AzureSubscription>(),
    ];

    /// <summary>Whether a resource provider, e.g. <c>Microsoft.EventGrid</c>, is registered: <c>Registered</c>, <c>NotRegistered</c>, <c>Registering</c> …</summary>
    public async Task<string> GetProviderStateAsync(Guid subscription, string provider, CancellationToken cancellationToken) =>
        (await http.SendAsync(RequestMethod.Get, http.Endpoint.At($"subscriptions/{subscription}/providers/{Uri.EscapeDataString(provider)}", ArmVersions.Providers), null, cancellationToken))
            .Body.Text("registrationState");

    /// <summary>What the identity may do in the registry's resource group, or on the registry alone.</summary>
    public async Task<AzureRights> GetRightsAsync(AzureRegistryId registry, bool wholeGroup, CancellationToken cancellationToken) => new(
    [
        .. (await pages.ReadAsync(http.Endpoint.At($"{(wholeGroup ? registry.GroupPath : registry.Path)}/providers/Microsoft.Authorization/permissions", ArmVersions.Permissions), cancellationToken))
            .Select(item => new AzurePermission(item.Texts("actions"), item.Texts("notActions"))),
    ]);
}

/// <param name="Name">As people call it.</param>
public sealed record AzureSubscription(Guid Id, string Name);
