using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Deployments;

/// <summary>Asks Azure what the deployment of an integration would change, without changing anything (what-if).</summary>
public sealed class DeploymentPreview(ArmClients azure, DeploymentPlanner planner, IntegrationService integrations)
{
    /// <summary>What-if needs a name, too; no deployment of it is kept.</summary>
    private const string Name = "docker-scout-preview";

    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<PreviewOutcome> AskAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is not { } integration || !azure.IsOn || integration.AzureId is not { } registry
            || await planner.FillAsync(actor, id, AuditAction.TemplateShown, cancellationToken) is not { } template)
        {
            return new PreviewOutcome.Failed(DeploymentPlanner.Impossible, "Deploy by hand.");
        }

        return await AskAsync(azure.For(integration.Host), registry, template, cancellationToken);
    }

    /// <summary>The same of an integration that may not be there yet; for who may deploy.</summary>
    internal async Task<PreviewOutcome> AskAsync(IntegrationDetails integration, CancellationToken cancellationToken) =>
        azure.IsOn && integration.AzureId is { } registry ? await AskAsync(azure.For(integration.Host), registry, planner.Draft(integration), cancellationToken) : new PreviewOutcome.Failed(DeploymentPlanner.Impossible, "Deploy by hand.");

    private static async Task<PreviewOutcome> AskAsync(ArmClient client, AzureRegistryId registry, string template, CancellationToken cancellationToken)
    {
        try
        {
            var changes = await client.Deployments.PreviewAsync(registry, Name, new DeploymentBody(template, new Dictionary<string, object>()), cancellationToken);
            return new PreviewOutcome.Seen(
                [.. changes.Where(change => !IsIgnored(change)).Select(change => new PreviewLine(AzureResource.Of(change.ResourceId), ChangeOf(change.ChangeType), DisplayText.Sanitise(change.Reason, 300)))],
                changes.Count(IsIgnored));
        }
        catch (ArmException exception)
        {
            return new PreviewOutcome.Failed(exception.Message, exception.Remedy);
        }
    }

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

/// <param name="Reason">Why Azure can't tell; "" where it can.</param>
public sealed record PreviewLine(AzureResource Resource, PreviewChange Change, string Reason);

/// <summary>What would become of a resource.</summary>
public enum PreviewChange { Create, Change, None, Delete, Unknown }
