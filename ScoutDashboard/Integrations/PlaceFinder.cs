using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Finds where in Azure registries lie that were typed by hand, if the identity sees them by now, or the person who asks does.</summary>
public sealed class PlaceFinder(AzureIdentities identities, IDbContextFactory<ScoutDb> databases, RegistryOptions registries, TimeProvider clock)
{
    /// <summary>Whether a person could look for this one, which nothing does by itself where the dashboard has no identity.</summary>
    /// <exception cref="ForbiddenException">The session has ended.</exception>
    public async Task<bool> IsPossibleAsync(Actor actor, IntegrationDetails integration, CancellationToken cancellationToken) =>
        integration is { Place: null, Host.IsAzure: true } && identities.Own is null && await identities.IsOnAsync(actor, cancellationToken);

    /// <summary>Looks for one now, with the rights of who asks.</summary>
    /// <returns>Why it was not found; null where it was.</returns>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<DiscoveryProblem?> FindAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        var identity = await identities.OfAsync(actor, cancellationToken);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (identity is null || await Placeless(db).Where(i => i.Id == id && i.OrganizationId == actor.OrganizationId).Select(i => i.Hostname).SingleOrDefaultAsync(cancellationToken) is not { } name
            || !RegistryHostname.TryParse(name, registries.AllowedHosts, out var host))
        {
            return identity is null ? new DiscoveryProblem(null, $"{identities.Missing}.", "Consent again on this page.") : null;
        }

        var survey = await RegistrySurvey.TakeAsync(identity.For(host), cancellationToken);
        if (survey.Found.Select(found => found.Registry).FirstOrDefault(registry => registry.LoginServer == host) is not { } seen)
        {
            return survey.Gap ?? new DiscoveryProblem(null, $"You see no such registry in Azure, in {survey.Subscriptions} subscriptions.", "Have the role that the README lists given to you on its resource group, or let somebody look who has it.");
        }

        await PlaceAsync(db, seen, cancellationToken);
        return null;
    }

    /// <summary>Looks for all that have no place, unless somebody did today. What could not be looked at is told with those that were not found.</summary>
    public async Task FindAllAsync(ArmClients azure, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var since = now - AzureWatch.Rest;
        if (await Placeless(db).Where(i => i.WatchedAt == null || i.WatchedAt <= since || i.WatchedAt > now).ExecuteUpdateAsync(set => set.SetProperty(i => i.WatchedAt, now), cancellationToken) == 0)
        {
            return;
        }

        // All are looked for together, and then wait as long again.
        await Placeless(db).ExecuteUpdateAsync(set => set.SetProperty(i => i.WatchedAt, now), cancellationToken);
        var hosts = (await Placeless(db).Select(i => i.Hostname).Distinct().ToListAsync(cancellationToken))
            .Select(name => RegistryHostname.TryParse(name, registries.AllowedHosts, out var host) ? host : null).OfType<RegistryHostname>().Where(host => host.IsAzure).ToList();
        foreach (var cloud in hosts.GroupBy(host => azure.For(host)))
        {
            var survey = await RegistrySurvey.TakeAsync(cloud.Key, cancellationToken);
            var wanted = cloud.Select(host => host.Value).ToHashSet(StringComparer.Ordinal);
            foreach (var (registry, _) in survey.Found.Where(found => wanted.Contains(found.Registry.LoginServer.Value)))
            {
                await PlaceAsync(db, registry, cancellationToken);
            }

            var (failure, remedy) = survey.Gap is { } gap ? (DisplayText.Sanitise(gap.Message, 500), gap.Remedy) : ((string?)null, (string?)null);
            await Placeless(db).Where(i => wanted.Contains(i.Hostname)).ExecuteUpdateAsync(
                set => set.SetProperty(i => i.WatchFailure, failure).SetProperty(i => i.WatchRemedy, remedy), cancellationToken);
        }
    }

    // The look at what is there comes next.
    private static async Task PlaceAsync(ScoutDb db, AzureRegistry registry, CancellationToken cancellationToken)
    {
        if (AzurePlace.Create(registry.Id.Subscription, registry.Id.ResourceGroup, registry.Location) is { } place)
        {
            await Placeless(db).Where(i => i.Hostname == registry.LoginServer.Value).ExecuteUpdateAsync(
                set => set.SetProperty(i => i.AzureSubscription, place.Subscription).SetProperty(i => i.ResourceGroup, place.ResourceGroup).SetProperty(i => i.Location, place.Location)
                    .SetProperty(i => i.RegistryMadeAt, registry.MadeAt)
                    .SetProperty(i => i.WatchedAt, (DateTime?)null).SetProperty(i => i.WatchedBy, (string?)null).SetProperty(i => i.WatchFailure, (string?)null).SetProperty(i => i.WatchRemedy, (string?)null), cancellationToken);
        }
    }

    private static IQueryable<Integration> Placeless(ScoutDb db) => db.Integrations.Where(i => i.RemovedAt == null && i.AzureSubscription == null);
}
