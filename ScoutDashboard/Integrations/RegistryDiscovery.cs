using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations;

/// <summary>Finds the registries that whoever the dashboard works as in Azure sees, over all its subscriptions.</summary>
public sealed class RegistryDiscovery(AzureIdentities azure, IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int MaxRegistries = 5000;

    /// <summary>Whether there is an identity by which this person could ask; without one there is nothing to ask.</summary>
    public Task<bool> IsOnAsync(Actor actor, CancellationToken cancellationToken) => azure.IsOnAsync(actor, cancellationToken);

    /// <summary>Whether it is asked by the dashboard's own identity, not with the rights of who looks.</summary>
    public bool IsOwn => azure.Own is not null;

    /// <summary>What is seen, by name. A subscription that can't be read is told beside the others.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<DiscoveredRegistries> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        var connected = await ListConnectedAsync(actor, cancellationToken);
        if (await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            return new DiscoveredRegistries([], [], 0);
        }

        var survey = await RegistrySurvey.TakeAsync(identity.For(null), cancellationToken);
        var all = survey.Found.Select(found => Show(found.Registry, found.Subscription, connected)).OrderBy(registry => registry.LoginServer.Value, StringComparer.Ordinal).ToList();
        return new DiscoveredRegistries(all.Count > MaxRegistries ? all[..MaxRegistries] : all, survey.Problems, survey.Subscriptions) { IsCut = all.Count > MaxRegistries };
    }

    private async Task<Dictionary<string, long>> ListConnectedAsync(Actor actor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        return await db.Integrations.Where(i => i.OrganizationId == actor.OrganizationId && i.RemovedAt == null).ToDictionaryAsync(i => i.Hostname, i => i.Id, StringComparer.Ordinal, cancellationToken);
    }

    private static DiscoveredRegistry Show(AzureRegistry registry, string subscription, Dictionary<string, long> connected) => new(
        registry.Id.Name, registry.LoginServer, registry.Sku, registry.Location, registry.Id.ResourceGroup, subscription)
    {
        Place = AzurePlace.Create(registry.Id.Subscription, registry.Id.ResourceGroup, registry.Location),
        IntegrationId = connected.TryGetValue(registry.LoginServer.Value, out var id) ? id : null,
    };
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
