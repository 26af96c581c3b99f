using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations.Watch;

/// <summary>Asks Azure whether what the template made is still there and unchanged, daily and on demand, and keeps the answer with the integration.</summary>
public sealed class AzureWatch(AzureIdentities azure, AzureLook look, RegistryLocator places, IDbContextFactory<ScoutDb> databases, RegistryOptions registries, TimeProvider clock)
{
    // Less than a day, so that it stays daily by a clock that ticks hourly.
    internal static readonly TimeSpan Rest = TimeSpan.FromHours(23);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Whether there is somebody to ask, and something that was made.</summary>
    public async Task<bool> IsPossibleAsync(Actor actor, IntegrationDetails integration, CancellationToken cancellationToken) =>
        integration.AzureId is not null && (integration.HasToken || (integration.UsesIdentity && LooksAtEvents)) && await azure.IsOnAsync(actor, cancellationToken);

    /// <summary>Whether the registry is Azure's and was looked for in vain where not all could be looked at.</summary>
    public bool LacksPlace(IntegrationDetails integration) => azure.Own is not null && integration is { Place: null, Host.IsAzure: true, Watch.Failure: not null };

    /// <summary>Whether topic and subscription are looked at, too.</summary>
    public bool LooksAtEvents => look.LooksAtEvents;

    /// <summary>Whether it is asked daily, too.</summary>
    public bool IsAutomatic => azure.Own is not null;

    /// <summary>Asks now. What could not all be asked with a person's own rights is told to them alone: what was seen before stays for the others.</summary>
    /// <returns>What was seen; null where there is nothing to look at.</returns>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<WatchResult?> CheckAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            return new WatchResult(Now, [], $"{azure.Missing}.", azure.Remedy) { By = actor.Name };
        }

        return await FindAsync(db, actor, id, cancellationToken) is { } row ? await LookAsync(identity, actor, db, row, cancellationToken) : null;
    }

    /// <summary>Asks now, and leaves what is kept of the last time as it is.</summary>
    /// <returns>Null where there is nobody to ask, nothing that was made, or it is not known where the registry lies.</returns>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<WatchResult?> AskAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        return await azure.OfAsync(actor, cancellationToken) is { } identity && await FindAsync(db, actor, id, cancellationToken) is { } row ? await AskAsync(identity, actor, row, cancellationToken) : null;
    }

    /// <summary>Those that were not asked for today.</summary>
    public async Task<IReadOnlyList<long>> ListDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Due(db, Now).OrderBy(i => i.WatchedAt).ThenBy(i => i.Id).Select(i => i.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Asks where nobody else has today; of all replicas one does.</summary>
    public async Task CheckDueAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var until = Now + Longest;
        if (azure.Own is { } identity && await Due(db, Now).Where(i => i.Id == id).ExecuteUpdateAsync(set => set.SetProperty(i => i.WatchingUntil, until), cancellationToken) == 1)
        {
            await LookAsync(identity, null, db, await db.Integrations.AsNoTracking().SingleAsync(i => i.Id == id, cancellationToken), cancellationToken);
        }
    }

    /// <summary>Forgets what was found where nobody looks again by themselves: it would stay for ever. What somebody saw with their own rights is kept for a day.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var until = azure.AllowsConsent ? Now - Rest : DateTime.MaxValue;
        await db.Integrations.Where(i => i.WatchedAt != null && i.WatchedAt <= until && i.RemovedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.WatchedAt, (DateTime?)null).SetProperty(i => i.WatchedBy, (string?)null).SetProperty(i => i.WatchingUntil, (DateTime?)null).SetProperty(i => i.Differences, "")
                .SetProperty(i => i.WatchFailure, (string?)null).SetProperty(i => i.WatchRemedy, (string?)null), cancellationToken);
    }

    /// <summary>Takes out of a look that is kept what somebody has mended since; another look that was kept meanwhile stays as it is.</summary>
    internal async Task SettleAsync(long id, WatchResult kept, AzureDifference mended, CancellationToken cancellationToken)
    {
        var (at, before, after) = (kept.At, WatchResult.Write(kept.Differences), WatchResult.Write(kept.Differences.Where(difference => difference != mended)));
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Integrations.Where(i => i.Id == id && i.RemovedAt == null && i.WatchedAt == at && i.Differences == before)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.Differences, after), cancellationToken);
    }

    private async Task<Integration?> FindAsync(ScoutDb db, Actor actor, long id, CancellationToken cancellationToken)
    {
        var looksAtEvents = LooksAtEvents;
        return await db.Integrations.AsNoTracking().SingleOrDefaultAsync(i => i.Id == id && i.OrganizationId == actor.OrganizationId && i.RemovedAt == null && (i.ProtectedToken != null || (i.UsesIdentity && looksAtEvents)), cancellationToken);
    }

    private async Task<WatchResult?> AskAsync(ArmClients identity, Actor? actor, Integration row, CancellationToken cancellationToken)
    {
        if (!RegistryHostname.TryParse(row.Hostname, registries.AllowedHosts, out var host) || new IntegrationDetails(row, host, []).AzureId is not { } registry)
        {
            return null;
        }

        return await places.TryFindAsync(identity, actor, row.Id, cancellationToken) switch
        {
            RegistrySighting.Lost lost => new WatchResult(Now, [], DisplayText.Sanitise(lost.Message, 500), lost.Remedy),
            RegistrySighting.Seen { Registry.Id: var found } => await look.AskAsync(identity.For(host), row, found, cancellationToken),
            _ => await look.AskAsync(identity.For(host), row, registry, cancellationToken),
        };
    }

    private async Task<WatchResult?> LookAsync(ArmClients identity, Actor? actor, ScoutDb db, Integration row, CancellationToken cancellationToken)
    {
        if (await AskAsync(identity, actor, row, cancellationToken) is not { } seen)
        {
            return null;
        }

        var result = seen with { By = actor?.Name };
        if (identity.IsPersons && result.Failure is not null)
        {
            return result;
        }

        var (by, differences) = (result.By, WatchResult.Write(result.Differences));
        // Of another sign-in, chosen meanwhile, this says nothing.
        await db.Integrations.Where(i => i.Id == row.Id && i.RemovedAt == null && i.UsesIdentity != row.UsesIdentity).ExecuteUpdateAsync(set => set.SetProperty(i => i.WatchingUntil, (DateTime?)null), cancellationToken);
        await db.Integrations.Where(i => i.Id == row.Id && i.RemovedAt == null && i.UsesIdentity == row.UsesIdentity).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.WatchedAt, result.At).SetProperty(i => i.WatchedBy, by).SetProperty(i => i.WatchingUntil, (DateTime?)null).SetProperty(i => i.Differences, differences)
                .SetProperty(i => i.WatchFailure, result.Failure).SetProperty(i => i.WatchRemedy, result.Failure == null ? null : result.Remedy), cancellationToken);
        return result;
    }

    // A time that lies ahead was written by a clock that has been set back since.
    private IQueryable<Integration> Due(ScoutDb db, DateTime now)
    {
        var (since, longest, looksAtEvents) = (now - Rest, now + Longest, LooksAtEvents);
        return db.Integrations.Where(i => i.RemovedAt == null && (i.ProtectedToken != null || (i.UsesIdentity && looksAtEvents)) && i.AzureSubscription != null
            && (i.WatchedAt == null || i.WatchedAt <= since || i.WatchedAt > now) && (i.WatchingUntil == null || i.WatchingUntil <= now || i.WatchingUntil > longest));
    }
}
