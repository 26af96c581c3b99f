using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Integrations.Rotation;

namespace ScoutDashboard.Integrations.Watch;

/// <summary>Mends in Azure what is not as the template made it, and looks again.</summary>
public sealed class AzureMend(
    AzureIdentities azure, RegistryLocator places, AzureWatch watch, IntegrationService integrations, DeploymentRun deployments, TopicMend topics, TokenRotation rotation)
{
    /// <summary>Mends one difference: events by deploying the template again, the token by itself, and its password where the one that is stored no longer works.</summary>
    /// <returns>Null where it is mended, as far as Azure says; the new look tells.</returns>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public Task<MendOutcome?> MendAsync(Actor actor, long id, AzureDifference difference, CancellationToken cancellationToken) => MendAsync(actor, id, difference, _ => { }, cancellationToken);

    /// <summary>The same, for who follows the deployment resource by resource.</summary>
    /// <param name="follow">Not called where nothing is deployed.</param>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<MendOutcome?> MendAsync(Actor actor, long id, AzureDifference difference, Action<DeploymentProgress> follow, CancellationToken cancellationToken)
    {
        if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is not { AzureId: { } registry } integration || await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            return new MendOutcome($"{azure.Missing}, or it does not know where the registry lies.", "Mend it by hand.");
        }

        if (difference >= AzureDifference.TokenGone && integration.UsesIdentity)
        {
            // Seen before the identity was chosen, or on a page that is open since then.
            return new MendOutcome("The dashboard signs in to this registry by its own identity, and needs no token.", "Leave the token as it is.");
        }

        if (difference == AzureDifference.NarrowScopeMap)
        {
            // To give the token the scope map that it has changes nothing.
            return new MendOutcome(FormattableString.Invariant(WatchWords.SentenceOf(difference, integration)), "");
        }

        MendOutcome? failed;
        try
        {
            switch (await places.FindAsync(identity, actor, id, cancellationToken))
            {
                case RegistrySighting.Lost lost:
                    return new MendOutcome(lost.Message, lost.Remedy);
                case RegistrySighting.Seen seen:
                    // What is deployed goes to where the integration says by now.
                    registry = seen.Registry.Id;
                    break;
                default:
                    break;
            }

            // Before: whatever becomes of it, who enabled a token or moved where events go is known.
            await integrations.NoteMendAsync(actor, id, difference, cancellationToken);
            var client = identity.For(integration.Host);
            failed = difference >= AzureDifference.TokenGone ? await MendTokenAsync(client.Tokens, registry, integration, difference, cancellationToken)
                : await DeployAsync(actor, client.Events, registry, integration, follow, cancellationToken);
        }
        catch (ArmException exception)
        {
            failed = new MendOutcome(exception.Message, exception.Remedy);
        }

        // A token that was made anew has no password, and a deployment may have taken those that it had.
        if (failed is null && await rotation.RepairAsync(actor, id, cancellationToken) is { } step)
        {
            failed = new MendOutcome(step.Detail, step.Remedy);
        }

        var look = await watch.CheckAsync(actor, id, cancellationToken);
        if (failed is not null || !identity.IsPersons || look is not { Failure: { } unseen })
        {
            return failed;
        }

        // Nothing of such a look is kept: without this, all would be told for ever what is mended.
        await (integration.Watch is { } kept && !look.Differences.Contains(difference) ? watch.SettleAsync(id, kept, difference, cancellationToken) : Task.CompletedTask);
        return new MendOutcome($"Azure did it, but could not be looked at again: {unseen}", look.Remedy);
    }

    private static async Task<MendOutcome?> MendTokenAsync(ArmTokens tokens, AzureRegistryId registry, IntegrationDetails integration, AzureDifference difference, CancellationToken cancellationToken)
    {
        if (await tokens.FindAsync(registry, integration.TokenName, cancellationToken) is null)
        {
            await tokens.PutAsync(registry, integration.TokenName, AzureNames.ScopeMap, cancellationToken);
        }
        else if (difference == AzureDifference.TokenDisabled)
        {
            // What it may is another question, which whoever disabled it may have answered otherwise.
            await tokens.EnableAsync(registry, integration.TokenName, cancellationToken);
        }
        else
        {
            await tokens.MendAsync(registry, integration.TokenName, AzureNames.ScopeMap, cancellationToken);
        }

        return null;
    }

    private async Task<MendOutcome?> DeployAsync(Actor actor, ArmEvents events, AzureRegistryId registry, IntegrationDetails integration, Action<DeploymentProgress> follow, CancellationToken cancellationToken)
    {
        // Azure allows one topic per registry: the one that it has is used, whoever made it.
        var topic = await events.FindTopicAsync(registry, cancellationToken);
        if (topic is not null && await topics.TryAsync(actor, events, registry, topic, integration, cancellationToken))
        {
            return null;
        }

        if (topic is not null && !topic.Name.Equals(integration.SystemTopic, StringComparison.OrdinalIgnoreCase))
        {
            await integrations.SetTopicAsync(actor, integration.Id, topic.Name, exists: true, cancellationToken);
        }

        var isUnseen = topic is null && integration.UsesExistingTopic;
        if (isUnseen)
        {
            // Nobody's topic is there to be used, or the identity does not see it: then Azure refuses a second one, and what was there stays somebody's.
            await integrations.SetTopicAsync(actor, integration.Id, integration.SystemTopic, exists: false, cancellationToken);
        }

        DeploymentProgress? last = null;
        try
        {
            await foreach (var progress in deployments.RunAsync(actor, integration.Id, cancellationToken))
            {
                last = progress;
                follow(progress);
            }
        }
        finally
        {
            // Also for who leaves meanwhile: a topic that is taken for ours is deleted with what is ours.
            if (isUnseen && last is not { State: DeploymentState.Succeeded })
            {
                await integrations.SetTopicAsync(actor, integration.Id, integration.SystemTopic, exists: true, CancellationToken.None);
            }
        }

        return last is { State: DeploymentState.Failed or DeploymentState.Unknown } ? new MendOutcome(last.Message, last.Remedy) : null;
    }
}

/// <summary>Why something was not mended.</summary>
public sealed record MendOutcome(string Message, string Remedy);
