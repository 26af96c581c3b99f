using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations;

/// <summary>Finds the registries that the dashboard's identity in Azure sees, over all its subscriptions.</summary>
public sealed class RegistryDiscovery(ArmClients azure, IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int MaxRegistries = 5000;
    private const int AtOnce = 4;

    /// <summary>Whether there is an identity; without one there is nothing to ask.</summary>
    public bool IsOn => azure.IsOn;

    /// <summary>What is seen, by name. A subscription that can't be read is told beside the others.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<DiscoveredRegistries> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        var connected = await ListConnectedAsync(actor, cancellationToken);
        if (!IsOn)
        {
            return new DiscoveredRegistries([], [], 0);
        }

        var client = azure.For(null);
        IReadOnlyList<AzureSubscription> subscriptions;
        try
        {
            subscriptions = await client.Subscriptions.ListAsync(cancellationToken);
        }
        catch (ArmException exception)
        {
            return new DiscoveredRegistries([], [new DiscoveryProblem(null, exception.Message, exception.Remedy)], 0);
        }

        var found = new IReadOnlyList<DiscoveredRegistry>[subscriptions.Count];
        var problems = new DiscoveryProblem?[subscriptions.Count];
        await Parallel.ForAsync(0, subscriptions.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (index, leaving) =>
        {
            var subscription = subscriptions[index];
            try
            {
                found[index] = [.. (await client.Registries.ListAsync(subscription.Id, leaving)).Select(registry => Show(registry, subscription, connected))];
            }
            catch (ArmException exception)
            {
                (found[index], problems[index]) = ([], new DiscoveryProblem(NameOf(subscription), exception.Message, exception.Remedy));
            }
        });
        var all = found.SelectMany(registries => registries).OrderBy(registry => registry.LoginServer.Value, StringComparer.Ordinal).ToList();
        return new DiscoveredRegistries(all.Count > MaxRegistries ? all[..MaxRegistries] : all, [.. problems.OfType<DiscoveryProblem>()], subscriptions.Count) { IsCut = all.Count > MaxRegistries };
    }

    private async Task<Dictionary<string, long>> ListConnectedAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        return await db.Integrations.Where(i => i.OrganizationId == actor.OrganizationId && i.RemovedAt == null).ToDictionaryAsync(i => i.Hostname, i => i.Id, StringComparer.Ordinal, cancellationToken);
    }

    private static DiscoveredRegistry Show(AzureRegistry registry, AzureSubscription subscription, Dictionary<string, long> connected) => new(
        registry.Id.Name, registry.LoginServer, registry.Sku, registry.Location, registry.Id.ResourceGroup, NameOf(subscription))
    {
        Place = AzurePlace.Create(registry.Id.Subscription, registry.Id.ResourceGroup, registry.Location),
        IntegrationId = connected.TryGetValue(registry.LoginServer.Value, out var id) ? id : null,
    };

    private static string NameOf(AzureSubscription subscription) => DisplayText.Sanitise(subscription.Name, 100) is { Length: > 0 } name ? name : subscription.Id.ToString();
}

/// <param name="Problems">What could not be read, so that nobody takes it for nothing.</param>
/// <param name="Subscriptions">How many the identity sees.</param>
public sealed record DiscoveredRegistries(IReadOnlyList<DiscoveredRegistry> Registries, IReadOnlyList<DiscoveryProblem> Problems, int Subscriptions)
{
    /// <summary>Whether there are more than are held.</summary>
    public bool IsCut { get; init; }
}

/// <param name="Subscription">As people call it.</param>
public sealed record DiscoveredRegistry(string Name, RegistryHostname LoginServer, string Sku, string Location, string ResourceGroup, string Subscription)
{
    /// <summary>Null where Azure told no usable one.</summary>
    public AzurePlace? Place { get; init; }

    /// <summary>The integration that it is connected by; null where it is not.</summary>
    public long? IntegrationId { get; init; }

    /// <summary>Whether a text that somebody types is in what is shown of it.</summary>
    public bool Matches(string text) => text.Length == 0 || LoginServer.Value.Contains(text, StringComparison.OrdinalIgnoreCase) || Name.Contains(text, StringComparison.OrdinalIgnoreCase)
        || ResourceGroup.Contains(text, StringComparison.OrdinalIgnoreCase) || Subscription.Contains(text, StringComparison.OrdinalIgnoreCase);
}

/// <param name="Subscription">Which could not be read; null for all of them.</param>
public sealed record DiscoveryProblem(string? Subscription, string Message, string Remedy);
