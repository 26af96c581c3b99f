using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Cleanup;

/// <summary>One registry and the names of what an integration made for it in Azure.</summary>
public sealed record CleanupTarget(AzureRegistryId Registry)
{
    /// <summary>Login server; "" where Azure no longer tells it.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>The integration that is or was removed; null for what another dashboard left.</summary>
    public long? IntegrationId { get; init; }

    /// <summary>Null where there is none to look for.</summary>
    public SystemTopicId? Topic { get; init; }

    /// <summary>At which topic the registry's events are asked for, be it the integration's or somebody else's; null: the same.</summary>
    public SystemTopicId? SubscribedTopic { get; init; }

    internal string? SubscribedTopicName => SubscribedTopic?.Name;

    /// <summary>What the event subscriptions are called: as the template names it, or as whoever made one in the portal did.</summary>
    public IReadOnlyList<string> Subscriptions { get; init; } = [AzureNames.EventSubscription];

    /// <summary>Whether the topic was there before the integration.</summary>
    public bool KeepsTopic { get; init; }

    /// <summary>Whether Azure shows no such registry where it was: it is gone, or out of the identity's sight.</summary>
    public bool IsLost { get; init; }

    /// <summary>What of Azure could not be looked at then; "" where nothing is known of that.</summary>
    public string Gap { get; init; } = "";

    public IReadOnlyList<string> Tokens { get; init; } = [AzureNames.Token];

    internal RegistryHostname? Host => RegistryHostname.TryParse(Hostname, [], out var hostname) ? hostname : null;

    /// <summary>In the order in which they go: what sends events first.</summary>
    internal IReadOnlyList<AzureResource> Resources =>
    [
        .. Topic is null ? (AzureResource[])[] : [.. Subscriptions.Select(name => new AzureResource(AzureResourceKind.EventSubscription, name)), new(AzureResourceKind.SystemTopic, Topic.Name)],
        .. Tokens.Select(token => new AzureResource(AzureResourceKind.Token, token)),
    ];

    /// <summary>What an integration made, by what its row holds; null where it is not known where the registry lies.</summary>
    internal static CleanupTarget? Of(Integration row)
    {
        if (AzurePlace.Of(row) is not { } place || !RegistryHostname.TryParse(row.Hostname, [], out var host) || AzureRegistryId.Create($"{place.Subscription}", place.ResourceGroup, host.RegistryName) is not { } registry)
        {
            return null;
        }

        return new CleanupTarget(registry)
        {
            Hostname = row.Hostname, IntegrationId = row.Id, KeepsTopic = row.UsesExistingTopic, Topic = TopicOf(row, place),
            // The template's own may be there beside one that somebody chose.
            Tokens = [.. new[] { row.TokenName, AzureNames.Token }.Distinct(StringComparer.OrdinalIgnoreCase)],
        };
    }

    /// <summary>Where the integration's own topic lies, as far as is known.</summary>
    internal static SystemTopicId TopicOf(Integration row, AzurePlace place) =>
        row.TopicId is { } id && SystemTopicId.Parse(id) is { } known ? known with { Name = row.SystemTopic } : new SystemTopicId(place.Subscription, place.ResourceGroup, row.SystemTopic);

    /// <summary>The same where the registry was moved to meanwhile.</summary>
    internal CleanupTarget MovedTo(AzureRegistryId registry) =>
        this with { Registry = registry, Topic = Topic is null ? null : Topic with { Subscription = registry.Subscription, ResourceGroup = registry.ResourceGroup } };

    /// <summary>Whether an integration is of this registry, also under another hostname: a registry that was deleted and made again has another one, and the same place.</summary>
    internal bool IsRegistryOf(string hostname, Guid? subscription, string? resourceGroup) => (Hostname.Length > 0 && hostname == Hostname)
        || (RegistryHostname.TryParse(hostname, [], out var host) && host.RegistryName.Equals(Registry.Name, StringComparison.OrdinalIgnoreCase)
            && (subscription is null ? Hostname.Length == 0 : subscription == Registry.Subscription && Registry.ResourceGroup.Equals(resourceGroup, StringComparison.OrdinalIgnoreCase)));
}
