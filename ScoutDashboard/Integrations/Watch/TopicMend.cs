using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Watch;

/// <summary>Mends the event subscription where no template can: at a topic that lies in another resource group than its registry, or under a name that a person gave.</summary>
public sealed class TopicMend(AzureLook look, IntegrationService integrations, IDbContextFactory<ScoutDb> databases)
{
    /// <returns>False where the template does it.</returns>
    /// <exception cref="ArmException">Azure did not do it.</exception>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    internal async Task<bool> TryAsync(Actor actor, ArmEvents events, AzureRegistryId registry, SystemTopic topic, IntegrationDetails integration, CancellationToken cancellationToken)
    {
        if (topic.Id is not { } id || await FindWebhookAsync(integration.Id, cancellationToken) is not { } webhook)
        {
            return false;
        }

        var name = (await AzureLook.FindOwnAsync(events, id, webhook, cancellationToken))?.Name ?? AzureNames.EventSubscription;
        var isBeside = topic.IsBeside(registry);
        // The template makes the token, too, which somebody may have deleted or disabled where nobody signs in by it.
        if (isBeside && !integration.UsesIdentity && name.Equals(AzureNames.EventSubscription, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        if (!isBeside)
        {
            await integrations.SetTopicAsync(actor, integration.Id, topic.Name, exists: true, cancellationToken);
        }

        await events.PutSubscriptionAsync(id, name, webhook, AzureLook.EventTypes, cancellationToken);
        return true;
    }

    private async Task<string?> FindWebhookAsync(long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Integrations.Where(i => i.Id == id && i.RemovedAt == null).Select(i => new { i.Hostname, i.ProtectedWebhookKey }).SingleOrDefaultAsync(cancellationToken);
        return row is null ? null : look.WebhookOf(row.Hostname, row.ProtectedWebhookKey);
    }
}
