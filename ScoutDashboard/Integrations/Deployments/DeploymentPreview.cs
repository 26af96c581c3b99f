using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>Asks Azure what the deployment of an integration would change, without changing anything (what-if).</summary>
public sealed class DeploymentPreview(AzureIdentities azure, DeploymentPlanner planner, IntegrationService integrations, PublicUrl publicUrl)
{
    /// <summary>What-if needs a name, too; no deployment of it is kept.</summary>
    private const string Name = "docker-scout-preview";

    private PreviewOutcome Impossible => new PreviewOutcome.Failed(DeploymentPlanner.Impossible(azure), "Deploy by hand.");

    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<PreviewOutcome> AskAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is not { AzureId: { } registry } integration || await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            return Impossible;
        }

        return await AskAsync(identity.For(integration.Host), integration, registry, withEvents => planner.FillAsync(actor, id, AuditAction.TemplateShown, withEvents, withToken: true, cancellationToken), cancellationToken);
    }

    /// <summary>The same of an integration that may not be there yet; for who may deploy.</summary>
    internal async Task<PreviewOutcome> AskAsync(Actor actor, IntegrationDetails integration, CancellationToken cancellationToken) => integration.AzureId is { } registry && await azure.OfAsync(actor, cancellationToken) is { } identity
        ? await AskAsync(identity.For(integration.Host), integration, registry, withEvents => Task.FromResult<string?>(planner.Draft(integration, withEvents)), cancellationToken) : Impossible;

    private async Task<PreviewOutcome> AskAsync(ArmClient client, IntegrationDetails integration, AzureRegistryId registry, Func<bool, Task<string?>> fill, CancellationToken cancellationToken)
    {
        try
        {
            var elsewhere = publicUrl.IsReachableByAzure && await client.Events.FindTopicAsync(registry, cancellationToken) is { Id: not null } topic && !topic.IsBeside(registry) ? topic : null;
            if (await fill(elsewhere is null) is not { } template)
            {
                return Impossible;
            }

            var changes = await client.Deployments.PreviewAsync(registry, Name, new DeploymentBody(template, new Dictionary<string, object>()), cancellationToken);
            var lines = changes.Where(change => !IsIgnored(change)).Select(change => new PreviewLine(AzureResource.Of(change.ResourceId), ChangeOf(change.ChangeType), DisplayText.Sanitise(ReasonOf(change), 300)));
            return new PreviewOutcome.Seen(elsewhere is null ? [.. lines] : [await AskAsync(client.Events, elsewhere, cancellationToken), .. lines], changes.Count(IsIgnored));
        }
        catch (ArmException exception)
        {
            return new PreviewOutcome.Failed(exception.Message, exception.Remedy);
        }
    }

    // What the deployment adds where no template reaches.
    private static async Task<PreviewLine> AskAsync(ArmEvents events, SystemTopic topic, CancellationToken cancellationToken) =>
        new(new AzureResource(AzureResourceKind.EventSubscription, AzureNames.EventSubscription),
            await events.FindSubscriptionAsync(topic.Id!, AzureNames.EventSubscription, cancellationToken) is null ? PreviewChange.Create : PreviewChange.Change,
            DisplayText.Sanitise($"At the topic {topic.Name} in the resource group {topic.Id!.ResourceGroup}.", 300));

    private static string ReasonOf(WhatIfChange change) => change.Reason.Length > 0 || change.Properties.Count == 0 ? change.Reason : $"Of it changes: {string.Join(", ", change.Properties)}.";

    private static bool IsIgnored(WhatIfChange change) => change.ChangeType.Equals("Ignore", StringComparison.OrdinalIgnoreCase);

    // ChangeType of Microsoft.Resources' specification; Deploy: Azure does not say whether anything changes.
    private static PreviewChange ChangeOf(string type) => type.ToUpperInvariant() switch
    {
        "CREATE" => PreviewChange.Create,
        "MODIFY" => PreviewChange.Change,
        "NOCHANGE" or "NOEFFECT" => PreviewChange.None,
        "DELETE" => PreviewChange.Delete,
        _ => PreviewChange.Unknown,
    };
}

/// <summary>What Azure says of a deployment beforehand, or why it does not.</summary>
public abstract record PreviewOutcome
{
    /// <param name="Others">How many resources of the group stay as they are.</param>
    public sealed record Seen(IReadOnlyList<PreviewLine> Lines, int Others) : PreviewOutcome;

    public sealed record Failed(string Message, string Remedy) : PreviewOutcome;
}

/// <param name="Reason">Why Azure can't tell, what of it changes, or where it is made if not beside the registry; else "".</param>
public sealed record PreviewLine(AzureResource Resource, PreviewChange Change, string Reason);

/// <summary>What would become of a resource.</summary>
public enum PreviewChange { Create, Change, None, Delete, Unknown }
