using System.Text.Json;
using Azure.Core;

namespace ScoutDashboard.Azure;

/// <summary>Event Grid's system topics and their subscriptions.</summary>
public sealed class ArmEvents(ArmHttp http, ArmPages pages, ArmPoller poller)
{
    /// <summary>The system topic of a registry, which may lie in another resource group; null where it has none. Azure allows one.</summary>
    public async Task<SystemTopic?> FindTopicAsync(AzureRegistryId registry, CancellationToken cancellationToken) =>
        (await ListTopicsAsync(registry.Subscription, cancellationToken)).FirstOrDefault(topic => registry.Names(topic.Source));

    /// <summary>All system topics of a subscription.</summary>
    public async Task<IReadOnlyList<SystemTopic>> ListTopicsAsync(Guid subscription, CancellationToken cancellationToken) =>
        [.. (await pages.ReadAsync(http.Endpoint.At($"subscriptions/{subscription}/providers/Microsoft.EventGrid/systemTopics", ArmVersions.EventGrid), cancellationToken)).Select(Read)];

    /// <summary>Null where there is none of that name.</summary>
    public async Task<SystemTopic?> FindTopicAsync(SystemTopicId topic, CancellationToken cancellationToken) => await http.FindAsync(At(topic), cancellationToken) is { } found ? Read(found) : null;

    /// <summary>Deletes a topic with its subscriptions, whoever they belong to: ask for them first. One that is gone already is no fault.</summary>
    public Task DeleteTopicAndSubscriptionsAsync(SystemTopicId topic, CancellationToken cancellationToken) => poller.DeleteAsync(At(topic), cancellationToken);

    /// <summary>All subscriptions of a topic.</summary>
    public async Task<IReadOnlyList<EventSubscription>> ListSubscriptionsAsync(SystemTopicId topic, CancellationToken cancellationToken) =>
        [.. (await pages.ReadAsync(http.Endpoint.At($"{topic.Path}/eventSubscriptions", ArmVersions.EventGrid), cancellationToken)).Select(ReadSubscription)];

    /// <summary>Null where the topic has none of that name.</summary>
    public async Task<EventSubscription?> FindSubscriptionAsync(SystemTopicId topic, string name, CancellationToken cancellationToken) =>
        await http.FindAsync(At(topic, name), cancellationToken) is { } found ? ReadSubscription(found) : null;

    /// <summary>Makes a subscription of a registry's topic that sends pushes and deletions to a webhook, or changes it to that, and waits until it is there.</summary>
    /// <param name="webhook">Whole; a secret.</param>
    public async Task PutSubscriptionAsync(SystemTopicId topic, string name, string webhook, IReadOnlyList<string> eventTypes, CancellationToken cancellationToken)
    {
        var body = new
        {
            properties = new
            {
                destination = new { endpointType = "WebHook", properties = new { endpointUrl = webhook, maxEventsPerBatch = 50, preferredBatchSizeInKilobytes = 64 } },
                filter = new { includedEventTypes = eventTypes, enableAdvancedFilteringOnArrays = true },
                eventDeliverySchema = "EventGridSchema",
                retryPolicy = new { maxDeliveryAttempts = 30, eventTimeToLiveInMinutes = 1440 },
            },
        };
        await poller.FinishAsync(await http.SendAsync(RequestMethod.Put, At(topic, name), body, cancellationToken), At(topic, name), cancellationToken);
    }

    /// <summary>The whole address that events are sent to, which is a secret; the subscription itself tells it without its query.</summary>
    public async Task<string> GetWebhookAsync(SystemTopicId topic, string name, CancellationToken cancellationToken) =>
        (await http.SendAsync(RequestMethod.Post, http.Endpoint.At($"{topic.Path}/eventSubscriptions/{Uri.EscapeDataString(name)}/getFullUrl", ArmVersions.EventGrid), null, cancellationToken)).Body.Text("endpointUrl");

    /// <summary>Deletes a subscription; one that is gone already is no fault.</summary>
    public Task DeleteSubscriptionAsync(SystemTopicId topic, string name, CancellationToken cancellationToken) => poller.DeleteAsync(At(topic, name), cancellationToken);

    private Uri At(SystemTopicId topic) => http.Endpoint.At(topic.Path, ArmVersions.EventGrid);

    private Uri At(SystemTopicId topic, string subscription) => http.Endpoint.At($"{topic.Path}/eventSubscriptions/{Uri.EscapeDataString(subscription)}", ArmVersions.EventGrid);

    private static SystemTopic Read(JsonElement topic) => new(
        topic.Text("name"), SystemTopicId.Parse(topic.Text("id")), topic.Text("location"), topic.Text("properties", "source"), topic.Text("properties", "provisioningState"));

    private static EventSubscription ReadSubscription(JsonElement item) => new(
        item.Text("name"), item.Text("properties", "destination", "endpointType"), item.Texts("properties", "filter", "includedEventTypes"), item.Text("properties", "provisioningState"))
    {
        Endpoint = item.Text("properties", "destination", "properties", "endpointBaseUrl"),
        IsFiltered = item.Text("properties", "filter", "subjectBeginsWith").Length > 0 || item.Text("properties", "filter", "subjectEndsWith").Length > 0 || item.Items("properties", "filter", "advancedFilters").Any(),
    };
}

/// <param name="Id">Null where the id has not the known form.</param>
/// <param name="Source">Resource id of what the events are about.</param>
public sealed record SystemTopic(string Name, SystemTopicId? Id, string Location, string Source, string ProvisioningState)
{
    /// <summary>Whether it lies in the registry's own resource group, where a template of that can name it.</summary>
    public bool IsBeside(AzureRegistryId registry) =>
        Id is { } id && id.Subscription == registry.Subscription && id.ResourceGroup.Equals(registry.ResourceGroup, StringComparison.OrdinalIgnoreCase);
}

/// <param name="EndpointType">E.g. WebHook.</param>
/// <param name="EventTypes">Which are sent.</param>
/// <param name="ProvisioningState">E.g. Succeeded, AwaitingManualAction.</param>
public sealed record EventSubscription(string Name, string EndpointType, IReadOnlyList<string> EventTypes, string ProvisioningState)
{
    /// <summary>Where a webhook's events go, without the query; "" for other kinds. Its path may be a key.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Whether not all events of its types are sent: it asks for subjects or values.</summary>
    public bool IsFiltered { get; init; }

    /// <summary>Its name only: the endpoint is a secret.</summary>
    public override string ToString() => $"{nameof(EventSubscription)} {Name}";
}
