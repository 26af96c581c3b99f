using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Finds where in Azure registries lie that were typed by hand, if the identity sees them by now.</summary>
public sealed class PlaceFinder(ArmClients azure, IDbContextFactory<ScoutDb> databases, RegistryOptions registries, TimeProvider clock)
{
    /// <summary>Looks for all that have no place, unless somebody did today.</summary>
    public async Task FindAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var since = now - AzureWatch.Rest;
        if (await Placeless(db).Where(i => i.WatchedAt == null || i.WatchedAt <= since || i.WatchedAt > now).ExecuteUpdateAsync(set => set.SetProperty(i => i.WatchedAt, now), cancellationToken) == 0)
        {
            return;
        }

        var hosts = (await Placeless(db).Select(i => i.Hostname).Distinct().ToListAsync(cancellationToken))
            .Select(name => RegistryHostname.TryParse(name, registries.AllowedHosts, out var host) ? host : null).OfType<RegistryHostname>().Where(host => host.IsAzure).ToList();
        foreach (var cloud in hosts.GroupBy(host => azure.For(host)))
        {
            var wanted = cloud.Select(host => host.Value).ToHashSet(StringComparer.Ordinal);
            foreach (var registry in (await ListAsync(cloud.Key, cancellationToken)).Where(registry => wanted.Contains(registry.LoginServer.Value)))
            {
                await PlaceAsync(db, registry, cancellationToken);
            }
        }
    }

    // A subscription that can't be read hides what lies there, and no more.
    private static async Task<List<AzureRegistry>> ListAsync(ArmClient client, CancellationToken cancellationToken)
    {
        var all = new List<AzureRegistry>();
        foreach (var subscription in await TryAsync(client.Subscriptions.ListAsync(cancellationToken)))
        {
            all.AddRange(await TryAsync(client.Registries.ListAsync(subscription.Id, cancellationToken)));
        }

        return all;
    }

    private static async Task<IReadOnlyList<T>> TryAsync<T>(Task<IReadOnlyList<T>> list)
    {
        try
        {
            return await list;
        }
        catch (ArmException)
        {
            return [];
        }
    }

    // The look at what is there comes next.
    private static async Task PlaceAsync(ScoutDb db, AzureRegistry registry, CancellationToken cancellationToken)
    {
        if (AzurePlace.Create(registry.Id.Subscription, registry.Id.ResourceGroup, registry.Location) is { } place)
        {
            await Placeless(db).Where(i => i.Hostname == registry.LoginServer.Value).ExecuteUpdateAsync(
                set => set.SetProperty(i => i.AzureSubscription, place.Subscription).SetProperty(i => i.ResourceGroup, place.ResourceGroup).SetProperty(i => i.Location, place.Location)
                    .SetProperty(i => i.WatchedAt, (DateTime?)null), cancellationToken);
        }
    }

    private static IQueryable<Integration> Placeless(ScoutDb db) => db.Integrations.Where(i => i.RemovedAt == null && i.AzureSubscription == null);
}
