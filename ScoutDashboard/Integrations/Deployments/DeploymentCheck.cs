using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>Asks Azure beforehand for what makes a deployment fail, useless or somebody else's loss, where there are rights to ask with and it is known where the registry lies.</summary>
public sealed class DeploymentCheck(AzureIdentities azure, IntegrationService integrations, IDbContextFactory<ScoutDb> databases, PublicUrlCheck reach)
{
    private const string EventGrid = "Microsoft.EventGrid";

    private static readonly string[] Needed =
    [
        "Microsoft.Resources/deployments/write", "Microsoft.ContainerRegistry/registries/tokens/write", "Microsoft.ContainerRegistry/registries/generateCredentials/action",
        "Microsoft.EventGrid/systemTopics/write", "Microsoft.EventGrid/systemTopics/eventSubscriptions/write",
    ];

    /// <summary>Whether there is somebody to ask and something to ask for.</summary>
    public async Task<bool> IsPossibleAsync(Actor actor, IntegrationDetails integration, CancellationToken cancellationToken) => integration.AzureId is not null && await azure.IsOnAsync(actor, cancellationToken);

    /// <summary>Each finding as it comes; none where <see cref="IsPossibleAsync"/> says no or the registry is gone.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async IAsyncEnumerable<CheckFinding> RunAsync(Actor actor, long id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is { } integration)
        {
            await foreach (var finding in RunAsync(actor, integration, cancellationToken))
            {
                yield return finding;
            }
        }
    }

    /// <summary>The same of an integration that may not be there yet; for who may deploy.</summary>
    internal async IAsyncEnumerable<CheckFinding> RunAsync(Actor actor, IntegrationDetails integration, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (integration.AzureId is not { } registry || await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            yield break;
        }

        var client = identity.For(integration.Host);
        var clashes = new NameClashes(client, registry, integration);
        yield return await AskAsync(CheckKind.Rights, client, integration.Host, registry, () => RightsAsync(client, registry, cancellationToken));
        yield return await AskAsync(CheckKind.Provider, client, integration.Host, registry, () => ProviderAsync(client, registry, cancellationToken));
        yield return await AskAsync(CheckKind.SystemTopic, client, integration.Host, registry, () => TopicAsync(client, registry, integration, clashes, cancellationToken));
        yield return await AskAsync(CheckKind.EventSubscription, client, integration.Host, registry, () => SubscriptionAsync(clashes, integration, cancellationToken));
        yield return await AskAsync(CheckKind.RegistryToken, client, integration.Host, registry, () => clashes.AskTokenAsync(cancellationToken));
        yield return await AskAsync(CheckKind.Network, client, integration.Host, registry, () => NetworkAsync(client, registry, cancellationToken));
        yield return await reach.AskAsync(cancellationToken);
    }

    // Whoever can't be asked is no proof that all is well.
    private static async Task<CheckFinding> AskAsync(CheckKind kind, ArmClient client, RegistryHostname? host, AzureRegistryId registry, Func<Task<CheckFinding>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ArmException exception)
        {
            var address = ArmEndpoint.For(host?.Cloud ?? AzureCloud.Public).Address;
            return new CheckFinding(kind, CheckState.Unknown, exception.Message) { Remedy = exception.Remedy, Command = ArmCommands.For(exception.Error, registry, address, client.IsPersons) };
        }
    }

    private static string Who(ArmClient client) => client.IsPersons ? "You" : "The dashboard's identity";

    private static async Task<CheckFinding> RightsAsync(ArmClient client, AzureRegistryId registry, CancellationToken cancellationToken)
    {
        var rights = await client.Subscriptions.GetRightsAsync(registry, wholeGroup: true, cancellationToken);
        var missing = Needed.Where(action => !rights.Allows(action)).ToList();
        return missing.Count == 0 ? new CheckFinding(CheckKind.Rights, CheckState.Passed, $"{Who(client)} may deploy here.")
            : new CheckFinding(CheckKind.Rights, CheckState.Warning, $"{Who(client)} may not: {string.Join(", ", missing)}.")
            {
                Remedy = client.IsPersons ? "Have the role that the README lists given to you, or let somebody deploy who has these rights."
                    : "Whoever deploys needs these rights: deploy by an account of yours that has them, or give the identity the role that the README lists.",
                Command = ArmCommands.GiveRole($"/{registry.GroupPath}", client.IsPersons),
            };
    }

    private static async Task<CheckFinding> ProviderAsync(ArmClient client, AzureRegistryId registry, CancellationToken cancellationToken)
    {
        var state = await client.Subscriptions.GetProviderStateAsync(registry.Subscription, EventGrid, cancellationToken);
        return state.Equals("Registered", StringComparison.OrdinalIgnoreCase) ? new CheckFinding(CheckKind.Provider, CheckState.Passed, $"{EventGrid} is registered in the subscription.")
            : new CheckFinding(CheckKind.Provider, CheckState.Failed, $"{EventGrid} is not registered in the subscription; Azure says “{DisplayText.Sanitise(state, 40)}”.")
            {
                Remedy = "Register it first; that takes some minutes.",
                Command = $"az provider register --namespace {EventGrid} --subscription {registry.Subscription} --wait",
            };
    }

    private async Task<CheckFinding> TopicAsync(ArmClient client, AzureRegistryId registry, IntegrationDetails integration, NameClashes clashes, CancellationToken cancellationToken)
    {
        var topics = await client.Events.ListTopicsAsync(registry.Subscription, cancellationToken);
        if (topics.FirstOrDefault(topic => registry.Names(topic.Source)) is not { } topic)
        {
            return reach.IsPossible && clashes.FindTopic(topics) is { } clash ? clash : integration.UsesExistingTopic
                ? new CheckFinding(CheckKind.SystemTopic, CheckState.Failed, $"The registry has no system topic, but {integration.SystemTopic} is said to exist.")
                {
                    Remedy = "Take the tick off below, under region and system topic, so that the template makes it; or deploy by this command.", Command = Deploy(registry, integration, integration.SystemTopic, exists: false),
                }
                : new CheckFinding(CheckKind.SystemTopic, CheckState.Passed, $"The registry has no system topic; {integration.SystemTopic} is made.");
        }

        var name = DisplayText.Sanitise(topic.Name, 60);
        if (topic.Id is { } place && !topic.IsBeside(registry))
        {
            return await ElsewhereAsync(client, registry, place, name, cancellationToken);
        }

        return integration.UsesExistingTopic && integration.SystemTopic.Equals(topic.Name, StringComparison.OrdinalIgnoreCase)
            ? new CheckFinding(CheckKind.SystemTopic, CheckState.Passed, $"The registry has the system topic {name}; only a subscription is added to it.")
            : integration.SystemTopic.Equals(topic.Name, StringComparison.OrdinalIgnoreCase)
            ? new CheckFinding(CheckKind.SystemTopic, CheckState.Passed, $"The registry has the system topic {name} already; it stays as it is.")
            : new CheckFinding(CheckKind.SystemTopic, CheckState.Failed, $"The registry has a system topic already, {name}, and Azure allows one.")
            {
                Remedy = "Let the template add only a subscription to it: by the button below, or by this command.", Topic = topic.Name, Command = Deploy(registry, integration, name, exists: true),
            };
    }

    // Without an address that Azure can reach, none is made.
    private async Task<CheckFinding> SubscriptionAsync(NameClashes clashes, IntegrationDetails integration, CancellationToken cancellationToken)
    {
        if (!reach.IsPossible)
        {
            return new CheckFinding(CheckKind.EventSubscription, CheckState.Passed, "No subscription is made.");
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var keys = (await db.Integrations.Select(i => new { i.Id, i.WebhookKeyHash, IsConnected = i.RemovedAt == null }).ToListAsync(cancellationToken))
            .ToLookup(i => i.IsConnected && i.Id != integration.Id, i => (i.Id, Hash: Convert.ToHexString(i.WebhookKeyHash)));
        var owners = new WebhookOwners(keys[true].Select(key => key.Hash).ToHashSet(StringComparer.Ordinal), keys[false].Select(key => key.Hash).ToHashSet(StringComparer.Ordinal), reach.Address);
        return await clashes.AskSubscriptionAsync(owners, keys[false].FirstOrDefault(key => key.Id == integration.Id).Hash, cancellationToken);
    }

    // The dashboard adds a subscription to it, which takes a right there; a template of the registry's group can't.
    private static async Task<CheckFinding> ElsewhereAsync(ArmClient client, AzureRegistryId registry, SystemTopicId place, string name, CancellationToken cancellationToken)
    {
        var group = DisplayText.Sanitise(place.ResourceGroup, 90);
        var mayAdd = AzureRegistryId.Create($"{place.Subscription}", place.ResourceGroup, registry.Name) is { } there
            && (await client.Subscriptions.GetRightsAsync(there, wholeGroup: true, cancellationToken)).Allows("Microsoft.EventGrid/systemTopics/eventSubscriptions/write");
        return mayAdd
            ? new CheckFinding(CheckKind.SystemTopic, CheckState.Passed, $"The registry's one system topic, {name}, lies in another resource group, {group}; only a subscription is added to it.")
            {
                Remedy = "Whoever deploys by hand leaves DockerScoutWebhook empty, so that only the token is made, and adds the subscription to that topic in the portal.",
            }
            : new CheckFinding(CheckKind.SystemTopic, CheckState.Failed, $"The registry's one system topic, {name}, lies in another resource group, {group}, where {(client.IsPersons ? "you" : "the dashboard's identity")} may not add a subscription.")
            {
                Remedy = $"{(client.IsPersons ? "Have the role that the README lists given to you there, too." : "Give the identity the role that the README lists there, too.")} Or leave DockerScoutWebhook empty, so that only the token is made, and add a subscription to that topic in the portal: of the events ImagePushed and ImageDeleted, to the webhook below.",
                Command = ArmCommands.GiveRole($"/subscriptions/{place.Subscription}/resourceGroups/{group}", client.IsPersons),
            };
    }

    // By a template that was downloaded before, which tells its other values.
    private static string Deploy(AzureRegistryId registry, IntegrationDetails integration, string topic, bool exists) =>
        $"{AzureCommands.Deploy(registry.Name, null, integration.Place)} systemTopics_dockerScoutRepository='{topic.Replace("'", "", StringComparison.Ordinal)}' useExistingSystemTopic={(exists ? "true" : "false")}";

    private static async Task<CheckFinding> NetworkAsync(ArmClient client, AzureRegistryId registry, CancellationToken cancellationToken)
    {
        var found = await client.Registries.GetAsync(registry, cancellationToken);
        return found switch
        {
            { IsPublic: false } => new CheckFinding(CheckKind.Network, CheckState.Warning, "The registry is closed to the internet: only its private endpoints reach it.")
            {
                Remedy = "Run this dashboard inside that network, and list the network in Outbound:AllowedNetworks. Events come in any case. The command tells which endpoints there are.",
                Command = $"az acr private-endpoint-connection list --registry-name {registry.Name} --subscription {registry.Subscription} --query '[].privateEndpoint.id' --output tsv",
            },
            { HasNetworkRules: true } => new CheckFinding(CheckKind.Network, CheckState.Warning, "The registry lets only listed addresses in.")
            {
                Remedy = "Add the address by which this dashboard goes out.", Command = $"az acr network-rule add --name {registry.Name} --ip-address ADDRESS --subscription {registry.Subscription}",
            },
            _ => new CheckFinding(CheckKind.Network, CheckState.Passed, "The registry can be reached from anywhere."),
        };
    }
}

/// <summary>What one question before a deployment came to.</summary>
/// <param name="Detail">One sentence for a person.</param>
public sealed record CheckFinding(CheckKind Kind, CheckState State, string Detail)
{
    /// <summary>What to do; empty where nothing is.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>The remedy as a command, or what shows the fault; there is one wherever something is to be done.</summary>
    public string? Command { get; init; }

    /// <summary>The registry's own topic, where the template had better use it.</summary>
    public string? Topic { get; init; }
}

/// <summary>What is asked before a deployment, in this order.</summary>
public enum CheckKind { Rights, Provider, SystemTopic, EventSubscription, RegistryToken, Network, PublicUrl }

/// <summary>Failed: the deployment would fail. Taken: it would succeed, and take from others what is theirs. Unknown: Azure could not be asked.</summary>
public enum CheckState { Passed, Warning, Failed, Taken, Unknown }
