using System.Security.Cryptography;
using System.Text;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Cleanup;

namespace ScoutDashboard.Integrations.Watch;

/// <summary>Compares what of an integration is in Azure with what the template makes; reads only. Who can't be asked is no proof of anything.</summary>
public sealed class AzureLook(SecretVault vault, PublicUrl publicUrl, TimeProvider clock)
{
    // What templates/acr-integration.json makes.
    internal static readonly string[] EventTypes = ["Microsoft.ContainerRegistry.ImagePushed", "Microsoft.ContainerRegistry.ImageDeleted"];
    private static readonly string[] Actions = ["repositories/*/content/read", "repositories/*/metadata/read"];

    /// <summary>Whether events are expected of Azure; without an address that it can send to, the template makes the token alone.</summary>
    public bool LooksAtEvents => publicUrl.IsReachableByAzure;

    public async Task<WatchResult> AskAsync(ArmClient client, Integration row, AzureRegistryId registry, CancellationToken cancellationToken)
    {
        var found = new List<AzureDifference>();
        var failures = new List<(string Message, string Remedy)>();
        await TryAsync(() => LookAtEventsAsync(client.Events));
        // Nobody signs in by a token where the dashboard's identity does.
        await (row.UsesIdentity ? Task.CompletedTask : TryAsync(() => LookAtTokenAsync(client.Tokens)));
        return new WatchResult(clock.GetUtcNow().UtcDateTime, [.. found.Distinct().Order()],
            failures.Count == 0 ? null : DisplayText.Sanitise(string.Join(' ', failures.Select(failure => failure.Message).Distinct()), 500), failures.Count == 0 ? "" : failures[0].Remedy);

        async Task TryAsync(Func<Task> look)
        {
            try
            {
                await look();
            }
            catch (ArmException exception)
            {
                failures.Add((exception.Message, exception.Remedy));
            }
        }

        async Task LookAtEventsAsync(ArmEvents events)
        {
            if (!LooksAtEvents)
            {
                return;
            }

            if (WebhookOf(row.Hostname, row.ProtectedWebhookKey) is not { } webhook)
            {
                failures.Add(("The keys of this integration can't be opened, so the webhook could not be compared.", "Remove the integration and add the registry again."));
                return;
            }

            if (await events.FindTopicAsync(registry, cancellationToken) is not { } topic)
            {
                await (client.IsPersons ? DemandSightAsync(events) : Task.CompletedTask);
                found.Add(AzureDifference.TopicGone);
                return;
            }

            if (topic.Id is not { } id)
            {
                throw new ArmException(ArmError.BadResponse, "Azure told a system topic by an id of an unknown form.");
            }

            // Whose topic it is and where it lies does not matter where events come by it.
            if (await FindOwnAsync(events, id, webhook, cancellationToken) is not { } subscription)
            {
                Note(AzureDifference.OtherTopic, !topic.Name.Equals(row.SystemTopic, StringComparison.OrdinalIgnoreCase));
                found.Add(AzureDifference.SubscriptionGone);
                return;
            }

            Note(AzureDifference.SubscriptionInactive, subscription.ProvisioningState.ToUpperInvariant() is not ("SUCCEEDED" or "CREATING" or "UPDATING"));
            Note(AzureDifference.OtherEvents, !subscription.EventTypes.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(EventTypes));
            Note(AzureDifference.Filtered, subscription.IsFiltered);
            Note(AzureDifference.OtherEndpoint, !subscription.EndpointType.Equals("WebHook", StringComparison.OrdinalIgnoreCase)
                || !IsSame(await events.GetWebhookAsync(id, subscription.Name, cancellationToken), webhook));
        }

        // A list leaves out what one may not see; where the topic was to lie, Azure says so. The identity's own role may have gone with the group from which a registry was moved.
        async Task DemandSightAsync(ArmEvents events)
        {
            if (row.UsesExistingTopic)
            {
                // Somebody made it, in any group: where it is to lie nobody wrote down.
                throw new ArmException(ArmError.Forbidden, "The registry's system topic is gone, or lies where you see nothing: which of the two is not known.") { IsPersons = true };
            }

            try
            {
                await (AzurePlace.Of(row) is { } place ? events.FindTopicAsync(CleanupTarget.TopicOf(row, place), cancellationToken) : Task.FromResult<SystemTopic?>(null));
            }
            catch (ArmException exception) when (exception.Error == ArmError.NotFound && exception.Code != "SubscriptionNotFound")
            {
                // Its resource group is gone with it.
            }
        }

        async Task LookAtTokenAsync(ArmTokens tokens)
        {
            if (await tokens.FindAsync(registry, row.TokenName, cancellationToken) is not { } token)
            {
                found.Add(AzureDifference.TokenGone);
                return;
            }

            Note(AzureDifference.TokenDisabled, !token.IsEnabled);
            var name = token.ScopeMapId[(token.ScopeMapId.LastIndexOf('/') + 1)..];
            if (row.TokenName == AzureNames.Token && !name.Equals(AzureNames.ScopeMap, StringComparison.OrdinalIgnoreCase))
            {
                found.Add(AzureDifference.OtherScopeMap);
            }
            else if (await tokens.FindScopeMapAsync(registry, name, cancellationToken) is not { } map)
            {
                found.Add(AzureDifference.OtherScopeMap);
            }
            else
            {
                // A token that somebody named otherwise may less on purpose.
                Note(AzureDifference.NarrowScopeMap, row.TokenName == AzureNames.Token && !Actions.All(action => map.Actions.Contains(action, StringComparer.OrdinalIgnoreCase)));
            }
        }

        void Note(AzureDifference difference, bool isThere)
        {
            if (isThere)
            {
                found.Add(difference);
            }
        }
    }

    /// <summary>Where the integration's events are sent to, a secret; null where its key can't be opened, or Azure can't reach the dashboard.</summary>
    internal string? WebhookOf(string hostname, string protectedKey) => vault.Open(SecretKind.WebhookKey, hostname, protectedKey) is { } key ? publicUrl.ForAzure($"webhooks/eventgrid/{key}") : null;

    /// <summary>The subscription by which a topic's events come here: by its address, else by the name that the template gives; null where there is neither.</summary>
    internal static async Task<EventSubscription?> FindOwnAsync(ArmEvents events, SystemTopicId topic, string webhook, CancellationToken cancellationToken)
    {
        var all = await events.ListSubscriptionsAsync(topic, cancellationToken);
        return all.FirstOrDefault(subscription => IsSame(subscription.Endpoint, webhook.Split('?')[0]))
            ?? all.FirstOrDefault(subscription => subscription.Name.Equals(AzureNames.EventSubscription, StringComparison.OrdinalIgnoreCase));
    }

    // The address holds the key.
    private static bool IsSame(string told, string expected) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(told), Encoding.UTF8.GetBytes(expected));
}
