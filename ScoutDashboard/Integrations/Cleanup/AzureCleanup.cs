using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Cleanup;

/// <summary>
/// Deletes in Azure what an integration made, once a person has seen exactly what and typed the registry's name. Each resource is asked for again right before it goes and
/// after it went, so that it may be stopped anywhere and done again.
/// </summary>
public sealed class AzureCleanup(AzureIdentities azure, RegistryLocator places, IDbContextFactory<ScoutDb> databases, PublicUrl publicUrl, TimeProvider clock)
{
    private const string IsConnected = "The registry is connected to this dashboard.";
    private const string RemoveFirst = "Remove it there first.";

    private readonly CleanupLedger _ledger = new(databases, publicUrl, clock);

    /// <summary>Whether there is an identity by which this person could delete; without one everything is done by hand.</summary>
    public Task<bool> IsOnAsync(Actor actor, CancellationToken cancellationToken) => azure.IsOnAsync(actor, cancellationToken);

    /// <summary>The removed integrations of which is known where their registries lie.</summary>
    public async Task<IReadOnlySet<long>> ListPossibleAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (!await azure.IsOnAsync(actor, cancellationToken))
        {
            return new HashSet<long>();
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var removed = await db.Integrations.AsNoTracking().Where(i => i.OrganizationId == actor.OrganizationId && i.RemovedAt != null && i.AzureSubscription != null).ToListAsync(cancellationToken);
        return removed.Where(row => CleanupTarget.Of(row) is not null).Select(row => row.Id).ToHashSet();
    }

    /// <summary>What would be deleted of an integration that is removed or about to be; null where there is nobody to ask, or it is not known where the registry lies.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<CleanupPlanOutcome?> PlanAsync(Actor actor, long integrationId, CancellationToken cancellationToken)
    {
        if (await _ledger.FindAsync(actor, integrationId, cancellationToken) is not { } target || await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            return null;
        }

        try
        {
            return await PlanAsync(actor, identity, await LocateAsync(actor, identity, target, cancellationToken), beforeRemoval: true, cancellationToken) is { } plan ? new CleanupPlanOutcome.Seen(plan)
                : new CleanupPlanOutcome.Failed(IsConnected, RemoveFirst);
        }
        catch (ArmException exception)
        {
            return new CleanupPlanOutcome.Failed(exception.Message, exception.Remedy);
        }
    }

    /// <summary>Deletes what the plan lists and the consent covers, as far as the rules still allow it at that moment, and ticks off the reminders of what is gone.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator, or no longer.</exception>
    public async IAsyncEnumerable<CleanupProgress> RunAsync(Actor actor, CleanupPlan plan, CleanupConsent consent, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var steps = plan.Target.Resources.Where(resource => !(plan.Target.KeepsTopic && resource.Kind == AzureResourceKind.SystemTopic)).Select(resource => new CleanupStep(resource, CleanupStepState.Waiting)).ToArray();
        if (await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            yield return Leave(steps, $"{azure.Missing}.", azure.AllowsConsent ? "Consent again on this page, then delete." : "Set Azure:Identity, or delete it in Azure.");
            yield break;
        }

        if (!consent.IsFor(plan))
        {
            yield return Leave(steps, "What was typed is not the registry's name.", "Type it as it is shown.");
            yield break;
        }

        await _ledger.NoteStartAsync(actor, plan, cancellationToken);
        for (var index = 0; index < steps.Length; index++)
        {
            steps[index] = steps[index] with { State = CleanupStepState.Running };
            yield return new CleanupProgress([.. steps]);
            var resource = steps[index].Resource;
            // All subscriptions have one reminder, which ends with the last of them.
            var isLast = resource.Kind != AzureResourceKind.EventSubscription
                || steps.All(step => step.Resource == resource || step.Resource.Kind != AzureResourceKind.EventSubscription || step.State == CleanupStepState.Gone);
            steps[index] = await EndAsync(actor, identity, plan.Target, resource, isLast, consent, cancellationToken);
            yield return new CleanupProgress([.. steps]);
        }
    }

    /// <summary>Null where the registry is connected.</summary>
    /// <exception cref="ArmException">Azure could not be asked.</exception>
    internal async Task<CleanupPlan?> PlanAsync(Actor actor, ArmClients identity, CleanupTarget target, bool beforeRemoval, CancellationToken cancellationToken)
    {
        if (await _ledger.AskAsync(actor, target, beforeRemoval, cancellationToken) is not { } owners)
        {
            return null;
        }

        var client = identity.For(target.Host);
        target = target with { Subscriptions = await new CleanupRules(client, target, owners).FindSubscriptionsAsync(cancellationToken) };
        var rules = new CleanupRules(client, target, owners);
        var items = new List<CleanupItem>();
        foreach (var resource in target.Resources)
        {
            items.Add(await rules.AskAsync(resource, cancellationToken));
        }

        return new CleanupPlan(target, items);
    }

    private static CleanupProgress Leave(IEnumerable<CleanupStep> steps, string message, string remedy) =>
        new([.. steps.Select(step => step with { State = CleanupStepState.Left, Message = message, Remedy = remedy })]);

    // A registry keeps its name and its resources when it is moved; its topic may have stayed where it was, or lie elsewhere from the beginning.
    private async Task<CleanupTarget> LocateAsync(Actor actor, ArmClients identity, CleanupTarget target, CancellationToken cancellationToken)
    {
        var client = identity.For(target.Host);
        switch (target.IntegrationId is { } id ? await places.FindAsync(identity, actor, id, cancellationToken) : await places.FindAsync(identity, target.Host, target.Registry, null, null, cancellationToken))
        {
            case RegistrySighting.Lost lost:
                return target with { IsLost = true, Gap = lost.Message };
            case RegistrySighting.Seen { Registry.Id: var registry, IsMoved: var isMoved }:
                var located = target with { Registry = registry };
                if (target.Topic is not { } topic)
                {
                    return isMoved ? target.MovedTo(registry) : located;
                }

                if (await client.Events.FindTopicAsync(registry, cancellationToken) is { Id: { } own } found)
                {
                    // Of another name it is somebody's, with perhaps a subscription of ours.
                    return found.Name.Equals(topic.Name, StringComparison.OrdinalIgnoreCase) ? located with { Topic = own, SubscribedTopic = own } : located with { SubscribedTopic = own };
                }

                var moved = target.MovedTo(registry);
                return isMoved && await HasAsync(client, moved.Topic!, cancellationToken) && !await HasAsync(client, topic, cancellationToken) ? moved : located;
            default:
                return target;
        }
    }

    private static async Task<bool> HasAsync(ArmClient client, SystemTopicId topic, CancellationToken cancellationToken)
    {
        try
        {
            return await client.Events.FindTopicAsync(topic, cancellationToken) is not null;
        }
        catch (ArmException exception) when (exception.Error == ArmError.NotFound && exception.Code == "ResourceGroupNotFound")
        {
            return false;
        }
    }

    private async Task<CleanupStep> EndAsync(Actor actor, ArmClients identity, CleanupTarget target, AzureResource resource, bool isLast, CleanupConsent consent, CancellationToken cancellationToken)
    {
        var step = await _ledger.AskAsync(actor, target, beforeRemoval: false, cancellationToken) is not { } owners ? new CleanupStep(resource, CleanupStepState.Left, IsConnected, RemoveFirst)
            : await new CleanupDeletion(new CleanupRules(identity.For(target.Host), target, owners), clock).DeleteAsync(resource, consent, cancellationToken);
        await (step.State != CleanupStepState.Gone ? _ledger.KeepAsync(actor, target, step, cancellationToken) : isLast ? _ledger.TickOffAsync(actor, target, resource, cancellationToken) : Task.CompletedTask);
        return step;
    }
}
