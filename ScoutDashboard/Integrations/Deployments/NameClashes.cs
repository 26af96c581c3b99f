using ScoutDashboard.Azure;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>Tells whose in Azure is what bears a name already that the template gives, and what a deployment would do to it.</summary>
internal sealed class NameClashes(ArmClient client, AzureRegistryId registry, IntegrationDetails integration)
{
    private const int MostActions = 5;

    /// <summary>Null where the planned name is free in the registry's resource group. Azure refuses to change a topic's source.</summary>
    /// <param name="topics">All of the subscription, none of them the registry's own.</param>
    public CheckFinding? FindTopic(IReadOnlyList<SystemTopic> topics)
    {
        var beside = topics.Where(topic => topic.IsBeside(registry)).ToList();
        if (beside.Find(topic => topic.Name.Equals(integration.SystemTopic, StringComparison.OrdinalIgnoreCase)) is not { } taken)
        {
            return null;
        }

        var source = DisplayText.Sanitise(string.Join('/', taken.Source.Split('/').TakeLast(2)), 120);
        return new CheckFinding(CheckKind.SystemTopic, CheckState.Failed, $"The name {integration.SystemTopic} is taken: that system topic is of another resource, {source}, and Azure does not change a topic's source.")
        {
            Remedy = "Give the topic a name of its own below, under region and system topic, and leave the tick off there; or deploy by this command.",
            Command = $"{AzureCommands.Deploy(registry.Name, null, integration.Place)} systemTopics_dockerScoutRepository={FreeName(beside)}{(integration.UsesExistingTopic ? " useExistingSystemTopic=false" : "")}",
        };
    }

    /// <summary>Whom the registry's subscription of the planned name sends to.</summary>
    /// <param name="owners">The integration's own key counts as ours in it.</param>
    /// <param name="ownKey">Hash in hex of the integration's webhook key; null where it has none yet.</param>
    public async Task<CheckFinding> AskSubscriptionAsync(WebhookOwners owners, string? ownKey, CancellationToken cancellationToken)
    {
        const string name = AzureNames.EventSubscription;
        var free = new CheckFinding(CheckKind.EventSubscription, CheckState.Passed, $"The registry has no subscription {name}; it is made.");
        if (await client.Events.FindTopicAsync(registry, cancellationToken) is not { } topic)
        {
            return free;
        }

        var id = topic.Id ?? throw new ArmException(ArmError.BadResponse, "Azure told a system topic by an id of an unknown form.");
        var all = await client.Events.ListSubscriptionsAsync(id, cancellationToken);
        // No template reaches a topic elsewhere: there the integration's own subscription is mended, whatever its name.
        if (!topic.IsBeside(registry) && ownKey is not null && all.FirstOrDefault(subscription => WebhookOwners.KeyOf(subscription) == ownKey) is { } own)
        {
            return new CheckFinding(CheckKind.EventSubscription, CheckState.Passed, $"The events come by the subscription {DisplayText.Sanitise(own.Name, 64)} already.");
        }

        if (all.FirstOrDefault(subscription => subscription.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } taken)
        {
            return free;
        }

        var owner = owners.Of(taken);
        return owner.Ownership switch
        {
            WebhookOwnership.Ours => new CheckFinding(CheckKind.EventSubscription, CheckState.Passed, $"The subscription {name} is this dashboard's own, sending to {owner.Host}; it is replaced."),
            WebhookOwnership.Connected => new CheckFinding(CheckKind.EventSubscription, CheckState.Warning, $"By the subscription {name} another integration of this dashboard gets its events; it would get none any more.")
            {
                Remedy = "That one then finds pushes by a regular look at the registry. To let it keep its events, make a second subscription to its address, ENDPOINT, first.",
                Command = Again(id, taken),
            },
            _ => new CheckFinding(CheckKind.EventSubscription, CheckState.Taken, $"The subscription {name} of the topic {DisplayText.Sanitise(topic.Name, 60)} sends to {owner.Host}, not to this dashboard; it would be overwritten.")
            {
                Remedy = "Ask whoever gets these events. Make the same subscription under another name, NEW_NAME, to their whole address, ENDPOINT; then delete this one, and ask again.",
                Command = $"{Again(id, taken)}\naz eventgrid system-topic event-subscription delete {At(id)} --name {name} --yes",
            },
        };
    }

    /// <summary>What the registry's token of the planned name would change to.</summary>
    public async Task<CheckFinding> AskTokenAsync(CancellationToken cancellationToken)
    {
        if (integration.UsesIdentity)
        {
            return new CheckFinding(CheckKind.RegistryToken, CheckState.Passed, "No token is made: the dashboard signs in by its own identity.");
        }

        if (await client.Tokens.FindAsync(registry, AzureNames.Token, cancellationToken) is not { } token)
        {
            return new CheckFinding(CheckKind.RegistryToken, CheckState.Passed, $"The registry has no token {AzureNames.Token}; it is made.");
        }

        var map = token.ScopeMapId.Split('/')[^1];
        if (map.Equals(AzureNames.ScopeMap, StringComparison.OrdinalIgnoreCase))
        {
            return new CheckFinding(CheckKind.RegistryToken, CheckState.Passed, $"The token {AzureNames.Token} is there already, with the scope map that the template gives.");
        }

        var (before, after) = (await DescribeAsync(map, cancellationToken), await DescribeAsync(AzureNames.ScopeMap, cancellationToken));
        return new CheckFinding(CheckKind.RegistryToken, CheckState.Warning, $"The token {AzureNames.Token} has another scope map, {before}; it gets {after} instead.")
        {
            Remedy = "Whoever else signs in by it may then do that and no more. For them, make a token of another name, NEW_NAME, with the scope map that it has now.",
            Command = $"az acr token create --subscription {registry.Subscription} --registry {registry.Name} --name NEW_NAME --scope-map {Quote(map)}",
        };
    }

    private async Task<string> DescribeAsync(string map, CancellationToken cancellationToken)
    {
        var name = DisplayText.Sanitise(map, 60);
        return await client.Tokens.FindScopeMapAsync(registry, map, cancellationToken) is not { } found ? $"{name} (which the registry does not have)"
            : $"{name} ({DisplayText.Sanitise(string.Join(", ", found.Actions.Take(MostActions)), 400)}{(found.Actions.Count > MostActions ? $" and {found.Actions.Count - MostActions} more" : "")})";
    }

    private string FreeName(List<SystemTopic> beside) => Enumerable.Range(2, beside.Count).Select(number => $"{registry.Name}-{number}").Prepend(registry.Name).Select(SystemTopicName.For)
        .First(name => !beside.Exists(topic => topic.Name.Equals(name, StringComparison.OrdinalIgnoreCase)));

    // az eventgrid system-topic event-subscription create: the types of endpoints are Azure's in lower case.
    private static string Again(SystemTopicId topic, EventSubscription taken) =>
        $"az eventgrid system-topic event-subscription create {At(topic)} --name NEW_NAME --endpoint-type {Quote(taken.EndpointType.ToLowerInvariant())} --endpoint 'ENDPOINT'"
        + (taken.EventTypes.Count == 0 ? "" : $" --included-event-types {string.Join(' ', taken.EventTypes.Select(Quote))}");

    private static string At(SystemTopicId topic) => $"--subscription {topic.Subscription} --resource-group {Quote(topic.ResourceGroup)} --system-topic-name {Quote(topic.Name)}";

    // What Azure tells stands in a command that a person copies.
    private static string Quote(string text) => $"'{DisplayText.Sanitise(text, 100).Replace("'", "", StringComparison.Ordinal)}'";
}
