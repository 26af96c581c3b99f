using System.Runtime.CompilerServices;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Watch;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>
/// Deploys an integration's template by the dashboard's identity, or with the rights of who asks for it, and tells what became of each resource so far. The deployment goes on in Azure whatever becomes of the
/// dashboard, and is found again by its name.
/// </summary>
public sealed class DeploymentRun(AzureIdentities azure, DeploymentPlanner planner, IntegrationService integrations, TopicMend topics, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Whether it deploys by the dashboard's own identity, not with the rights of who asks.</summary>
    public bool IsOwn => azure.Own is not null;

    /// <summary>The deployment as it is, whoever asked for it; null where there is none. Where there is nobody to ask by, it is not known.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<DeploymentProgress?> FindAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is not { AzureId: { } registry } integration)
        {
            return null;
        }

        if (await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            return DeploymentProgress.Unseen.NotKnown($"{azure.Missing}, so nobody can ask what became of the deployment.", azure.Remedy);
        }

        var target = Target.Of(identity, registry, integration);
        try
        {
            return await target.Client.Deployments.FindAsync(target.Registry, target.Name, cancellationToken) is { } deployment ? await ShowAsync(target, deployment, cancellationToken) : null;
        }
        catch (ArmException exception)
        {
            return DeploymentProgress.Unseen.NotKnown(exception.Message, exception.Remedy);
        }
    }

    /// <summary>Starts the deployment, unless it is going on already, and tells how far it is until it ends.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public IAsyncEnumerable<DeploymentProgress> RunAsync(Actor actor, long id, CancellationToken cancellationToken) => RunAsync(actor, id, withToken: true, cancellationToken);

    /// <summary>The same, for who knows whether the registry is to be read by a token.</summary>
    /// <param name="withToken">False: the dashboard's identity is to sign in, and no token is made.</param>
    internal async IAsyncEnumerable<DeploymentProgress> RunAsync(Actor actor, long id, bool withToken, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await TargetAsync(actor, id, cancellationToken) is not { } target)
        {
            yield return new DeploymentProgress(DeploymentState.Failed, []) { Message = DeploymentPlanner.Impossible(azure), Remedy = "Deploy by hand." };
            yield break;
        }

        var start = clock.GetTimestamp();
        var progress = await AskAsync(DeploymentProgress.Unseen, async () => await StartAsync(actor, id, target, withToken, cancellationToken));
        yield return progress;
        while (progress.State == DeploymentState.Running)
        {
            if (clock.GetElapsedTime(start) > Patience)
            {
                yield return progress.NotKnown($"Azure has not finished within {Patience.TotalMinutes:0} minutes.", "It goes on there. Look again later.");
                yield break;
            }

            await Task.Delay(Pause, clock, cancellationToken);
            progress = await AskAsync(progress, async () => await target.Client.Deployments.FindAsync(target.Registry, target.Name, cancellationToken) is { } deployment
                ? await ShowAsync(target, deployment, cancellationToken)
                : new DeploymentProgress(DeploymentState.Failed, []) { Message = "The deployment was deleted meanwhile.", Remedy = "Deploy again." });
            yield return progress;
        }
    }

    // Who can't be asked is no proof of a failure.
    private static async Task<DeploymentProgress> AskAsync(DeploymentProgress seen, Func<Task<DeploymentProgress>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ArmException exception)
        {
            return seen.NotKnown(exception.Message, exception.Remedy);
        }
    }

    private async Task<Target?> TargetAsync(Actor actor, long id, CancellationToken cancellationToken) =>
        await integrations.FindToChangeAsync(actor, id, cancellationToken) is { AzureId: { } registry } integration && await azure.OfAsync(actor, cancellationToken) is { } identity
            ? Target.Of(identity, registry, integration) : null;

    // What is going on already is followed: a page that was closed, or a dashboard that was restarted, comes back to it.
    private async Task<DeploymentProgress> StartAsync(Actor actor, long id, Target target, bool withToken, CancellationToken cancellationToken)
    {
        var deployments = target.Client.Deployments;
        if (await deployments.FindAsync(target.Registry, target.Name, cancellationToken) is { } known && StateOf(known.State) == DeploymentState.Running)
        {
            return await ShowAsync(target, known, cancellationToken);
        }

        Deployment begun;
        try
        {
            // A template makes nothing in another resource group: where the registry's one topic lies there, a subscription is added to it before.
            var elsewhere = planner.GetsEvents && await target.Client.Events.FindTopicAsync(target.Registry, cancellationToken) is { Id: not null } topic && !topic.IsBeside(target.Registry) ? topic : null;
            // It is written down before anything is made.
            if (await planner.FillAsync(actor, id, AuditAction.DeploymentStarted, withEvents: elsewhere is null, withToken, cancellationToken) is not { } template)
            {
                return new DeploymentProgress(DeploymentState.Failed, []) { Message = DeploymentPlanner.Impossible(azure), Remedy = "Deploy by hand." };
            }

            await (elsewhere is null ? Task.CompletedTask : topics.TryAsync(actor, target.Client.Events, target.Registry, elsewhere, target.Integration, cancellationToken));
            begun = await deployments.StartAsync(target.Registry, target.Name, new DeploymentBody(template, new Dictionary<string, object>()), cancellationToken);
        }
        catch (ArmException exception) when (exception.Code == "DeploymentActive")
        {
            // Somebody was sooner.
            return new DeploymentProgress(DeploymentState.Running, []);
        }
        catch (ArmException exception) when (exception.Error is ArmError.Refused or ArmError.Forbidden or ArmError.Unauthorized or ArmError.NoIdentity or ArmError.NotFound or ArmError.Conflict)
        {
            // With any other, Azure may have begun all the same.
            return new DeploymentProgress(DeploymentState.Failed, []) { Message = exception.Message, Remedy = exception.Remedy };
        }

        return await ShowAsync(target, begun, cancellationToken);
    }

    private static async Task<DeploymentProgress> ShowAsync(Target target, Deployment deployment, CancellationToken cancellationToken)
    {
        var state = StateOf(deployment.State);
        var operations = await target.Client.Deployments.ListOperationsAsync(target.Registry, target.Name, cancellationToken);
        var resources = operations.Select(operation => new DeployedResource(AzureResource.Of(operation.ResourceId), StateOf(operation.State), operation.Fault?.Message ?? "")).Distinct().ToList();
        if (state != DeploymentState.Failed)
        {
            return new DeploymentProgress(state, resources);
        }

        // The deployment itself only says that one of its operations failed.
        var fault = operations.Select(operation => operation.Fault).FirstOrDefault(fault => fault is not null) ?? deployment.Fault;
        return new DeploymentProgress(state, resources)
        {
            Message = fault is { Message.Length: > 0 } ? fault.Message : $"Azure says “{DisplayText.Sanitise(deployment.State, 40)}” and no more.", Remedy = ArmRemedies.For(ArmError.OperationFailed, fault?.Code ?? "", target.Client.IsPersons),
        };
    }

    private static DeploymentState StateOf(string state) => state.ToUpperInvariant() switch
    {
        "SUCCEEDED" => DeploymentState.Succeeded,
        "FAILED" or "CANCELED" => DeploymentState.Failed,
        _ => DeploymentState.Running,
    };

    private sealed record Target(ArmClient Client, AzureRegistryId Registry, string Name, IntegrationDetails Integration)
    {
        public static Target Of(ArmClients identity, AzureRegistryId registry, IntegrationDetails integration) =>
            new(identity.For(integration.Host), registry, AzureNames.DeploymentOf(registry.Name.ToLowerInvariant()), integration);
    }
}

/// <summary>How far a deployment is.</summary>
public sealed record DeploymentProgress(DeploymentState State, IReadOnlyList<DeployedResource> Resources)
{
    /// <summary>Why it failed or is not known, in Azure's words; empty otherwise.</summary>
    public string Message { get; init; } = "";

    /// <summary>What to do about that.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>Of which nothing was seen yet.</summary>
    internal static DeploymentProgress Unseen { get; } = new(DeploymentState.Unknown, []);

    /// <summary>The same, where nobody can be asked any more: what was made stays so, what was under way is not known.</summary>
    internal DeploymentProgress NotKnown(string message, string remedy) => new(DeploymentState.Unknown, [.. Resources.Select(one => one with { State = one.State == DeploymentState.Running ? DeploymentState.Unknown : one.State })])
    {
        Message = message, Remedy = remedy,
    };
}

/// <param name="Fault">Why it failed, in Azure's words; "" where it did not.</param>
public sealed record DeployedResource(AzureResource Resource, DeploymentState State, string Fault);

/// <summary>Unknown: Azure could not be asked.</summary>
public enum DeploymentState { Running, Succeeded, Failed, Unknown }
