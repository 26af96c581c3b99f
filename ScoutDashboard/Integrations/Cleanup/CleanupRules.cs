using ScoutDashboard.Azure;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Cleanup;

/// <summary>Asks Azure for one resource at a time what may become of it, and deletes it. What is somebody else's, or may be, is never deleted unasked.</summary>
internal sealed class CleanupRules(ArmClient client, CleanupTarget target, WebhookOwners owners)
{
    private const int MostNames = 5;
    private const string Lost = "Azure shows no such registry here: whether this is gone with it, or only out of the identity's sight, is not known.";

    private readonly SystemTopicId? _subscribed = target.SubscribedTopic ?? target.Topic;

    /// <exception cref="ArmException">Azure could not be asked, which is no answer.</exception>
    public async Task<CleanupItem> AskAsync(AzureResource resource, CancellationToken cancellationToken)
    {
        var item = await FindAsync(resource, cancellationToken);
        return item.Verdict == CleanupVerdict.Gone && target.IsLost ? new CleanupItem(resource, CleanupVerdict.Stay, target.Gap.Length > 0 ? $"{target.Gap} Whether this is gone is not known." : Lost) : item;
    }

    private async Task<CleanupItem> FindAsync(AzureResource resource, CancellationToken cancellationToken)
    {
        try
        {
            return resource.Kind switch
            {
                AzureResourceKind.EventSubscription => await AskSubscriptionAsync(resource, cancellationToken),
                AzureResourceKind.SystemTopic => await AskTopicAsync(resource, cancellationToken),
                _ when target.IsLost => new CleanupItem(resource, CleanupVerdict.Gone),
                _ => await AskTokenAsync(resource, cancellationToken),
            };
        }
        // The resource group went, or the topic while its subscriptions were asked for. A subscription that is not seen proves nothing.
        catch (ArmException exception) when (exception.Error == ArmError.NotFound && exception.Code != "SubscriptionNotFound")
        {
            return new CleanupItem(resource, CleanupVerdict.Gone);
        }
    }

    /// <summary>
    /// What the subscriptions are called that are the integration's by their name or by where they send to; the template's name where there is none. A person may have made one in the
    /// portal, and whose the other is that has the template's name is asked for as ever.
    /// </summary>
    public async Task<IReadOnlyList<string>> FindSubscriptionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<string> names = _subscribed is null ? [] : [.. (await client.Events.ListSubscriptionsAsync(_subscribed, cancellationToken))
                .Where(subscription => subscription.Name.Equals(AzureNames.EventSubscription, StringComparison.OrdinalIgnoreCase) || owners.Of(subscription).Ownership == WebhookOwnership.Ours)
                .Select(subscription => subscription.Name)];
            return names.Count == 0 ? target.Subscriptions : names;
        }
        catch (ArmException exception) when (exception.Error == ArmError.NotFound && exception.Code != "SubscriptionNotFound")
        {
            return target.Subscriptions;
        }
    }

    public Task DeleteAsync(AzureResource resource, CancellationToken cancellationToken) => resource.Kind switch
    {
        AzureResourceKind.EventSubscription => client.Events.DeleteSubscriptionAsync(_subscribed!, resource.Name, cancellationToken),
        AzureResourceKind.SystemTopic => client.Events.DeleteTopicAndSubscriptionsAsync(target.Topic!, cancellationToken),
        _ => client.Tokens.DeleteAsync(target.Registry, resource.Name, cancellationToken),
    };

    private async Task<CleanupItem> AskSubscriptionAsync(AzureResource resource, CancellationToken cancellationToken)
    {
        if (await client.Events.FindTopicAsync(_subscribed!, cancellationToken) is not { } topic)
        {
            return new CleanupItem(resource, CleanupVerdict.Gone);
        }

        if (!target.Registry.Names(topic.Source))
        {
            return new CleanupItem(resource, CleanupVerdict.Stay, $"The topic {_subscribed!.Name} is of another resource than this registry.") { IsOthers = true };
        }

        return await FindOwnerAsync(resource.Name, cancellationToken) is { } owner ? ByOwner(resource, owner) : new CleanupItem(resource, CleanupVerdict.Gone);
    }

    private async Task<CleanupItem> AskTopicAsync(AzureResource resource, CancellationToken cancellationToken)
    {
        if (await client.Events.FindTopicAsync(target.Topic!, cancellationToken) is not { } topic)
        {
            return new CleanupItem(resource, CleanupVerdict.Gone);
        }

        if (!target.Registry.Names(topic.Source))
        {
            return new CleanupItem(resource, CleanupVerdict.Stay, "It is of another resource than this registry.") { IsOthers = true };
        }

        if (target.KeepsTopic)
        {
            return new CleanupItem(resource, CleanupVerdict.Stay, "It was there before the integration.");
        }

        var subscriptions = await client.Events.ListSubscriptionsAsync(target.Topic!, cancellationToken);
        var others = subscriptions.Where(subscription => !IsOwnName(subscription)).ToList();
        if (others.Count > 0)
        {
            var names = string.Join(", ", others.Take(MostNames).Select(other => $"{DisplayText.Sanitise(other.Name, 64)} ({owners.Of(other).Host})"));
            return new CleanupItem(resource, CleanupVerdict.Stay, $"It has other subscriptions: {names}{(others.Count > MostNames ? $" and {others.Count - MostNames} more" : "")}.");
        }

        // One that stays, or that somebody is asked for, holds the topic.
        return subscriptions.Select(own => ByOwner(resource, owners.Of(own))).MaxBy(item => item.Verdict) ?? new CleanupItem(resource, CleanupVerdict.Delete);
    }

    private async Task<CleanupItem> AskTokenAsync(AzureResource resource, CancellationToken cancellationToken)
    {
        if (await client.Tokens.FindAsync(target.Registry, resource.Name, cancellationToken) is not { } token)
        {
            return new CleanupItem(resource, CleanupVerdict.Gone);
        }

        if (!resource.Name.Equals(AzureNames.Token, StringComparison.OrdinalIgnoreCase))
        {
            return new CleanupItem(resource, CleanupVerdict.Stay, "The integration makes no token of this name.");
        }

        if (!token.ScopeMapId.EndsWith($"/scopeMaps/{AzureNames.ScopeMap}", StringComparison.OrdinalIgnoreCase))
        {
            return new CleanupItem(resource, CleanupVerdict.Stay, $"It has the scope map {DisplayText.Sanitise(token.ScopeMapId.Split('/')[^1], 60)}, which the integration does not give.");
        }

        // Whoever took the subscription over has the same token: it has one name for all.
        return await FindReceiverAsync(cancellationToken) is { Ownership: WebhookOwnership.Other } owner
            ? new CleanupItem(resource, CleanupVerdict.Ask, $"Whoever gets the events at {owner.Host} may use it, too.") { Host = owner.Host }
            : new CleanupItem(resource, CleanupVerdict.Delete);
    }

    // Who gets the registry's events by a subscription of the integration's name, whatever the topic is called and wherever it lies; null where nobody does.
    private async Task<WebhookOwner?> FindReceiverAsync(CancellationToken cancellationToken) =>
        await client.Events.FindTopicAsync(target.Registry, cancellationToken) is { Id: { } topic } && await client.Events.FindSubscriptionAsync(topic, AzureNames.EventSubscription, cancellationToken) is { } subscription
            ? owners.Of(subscription) : null;

    // Null where the topic has no subscription of that name.
    private async Task<WebhookOwner?> FindOwnerAsync(string subscription, CancellationToken cancellationToken) =>
        await client.Events.FindSubscriptionAsync(_subscribed!, subscription, cancellationToken) is { } own ? owners.Of(own) : null;

    private static CleanupItem ByOwner(AzureResource resource, WebhookOwner owner) => owner.Ownership switch
    {
        WebhookOwnership.Ours => new CleanupItem(resource, CleanupVerdict.Delete),
        WebhookOwnership.Connected => new CleanupItem(resource, CleanupVerdict.Stay, "A registry that is connected gets its events by it."),
        _ => new CleanupItem(resource, CleanupVerdict.Ask, $"It sends events to {owner.Host}, not to this dashboard.") { Host = owner.Host },
    };

    private bool IsOwnName(EventSubscription subscription) => target.Subscriptions.Contains(subscription.Name, StringComparer.OrdinalIgnoreCase);
}
