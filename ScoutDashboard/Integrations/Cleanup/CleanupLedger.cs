using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Cleanup;

/// <summary>What the database knows of a clean-up: whose it is, whether it still may be, and its reminders. Each call asks for the member's right.</summary>
internal sealed class CleanupLedger(IDbContextFactory<ScoutDb> databases, PublicUrl publicUrl, TimeProvider clock)
{
    /// <summary>What an integration made, be it removed or not; null where it is another organization's, or its place in Azure is not known.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<CleanupTarget?> FindAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var db = await DemandAsync(actor, cancellationToken);
        return await db.Integrations.AsNoTracking().SingleOrDefaultAsync(i => i.Id == id && i.OrganizationId == actor.OrganizationId, cancellationToken) is { } row ? CleanupTarget.Of(row) : null;
    }

    /// <summary>Whose the registry's subscriptions are; null where the registry is connected, so that nothing of it may go.</summary>
    /// <param name="beforeRemoval">Whether the integration itself may still be in use: it is about to be removed.</param>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<WebhookOwners?> AskAsync(Actor actor, CleanupTarget target, bool beforeRemoval, CancellationToken cancellationToken)
    {
        await using var db = await DemandAsync(actor, cancellationToken);
        var all = await db.Integrations.Select(i => new { i.Id, i.Hostname, i.AzureSubscription, i.ResourceGroup, i.WebhookKeyHash, IsConnected = i.RemovedAt == null }).ToListAsync(cancellationToken);
        var connected = all.Where(i => i.IsConnected && !(beforeRemoval && i.Id == target.IntegrationId)).ToList();
        return connected.Any(i => target.IsRegistryOf(i.Hostname, i.AzureSubscription, i.ResourceGroup)) ? null : new WebhookOwners(
            connected.Select(i => Convert.ToHexString(i.WebhookKeyHash)).ToHashSet(StringComparer.Ordinal),
            all.Except(connected).Select(i => Convert.ToHexString(i.WebhookKeyHash)).ToHashSet(StringComparer.Ordinal), publicUrl.Address);
    }

    /// <summary>Writes down who began it, and what it may delete.</summary>
    public async Task NoteStartAsync(Actor actor, CleanupPlan plan, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        change.Note(AuditAction.CleanupStarted, SubjectOf(plan.Target), string.Join(", ", plan.Target.Resources.Select(resource => resource.Name)));
        await change.CommitAsync(cancellationToken);
    }

    /// <summary>The resource is gone: its reminders end.</summary>
    public async Task TickOffAsync(Actor actor, CleanupTarget target, AzureResource resource, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        foreach (var task in await ListAsync(change.Db, actor, target, resource, cancellationToken))
        {
            (task.DoneAt, task.Reason, task.Remedy) = (change.Now, null, null);
            change.Note(AuditAction.ReminderTickedOff, task.Hostname, $"{task.ResourceName}, gone in Azure");
        }

        await change.CommitAsync(cancellationToken);
    }

    /// <summary>The resource is still there: its reminders tell why.</summary>
    public async Task KeepAsync(Actor actor, CleanupTarget target, CleanupStep step, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        foreach (var task in await ListAsync(change.Db, actor, target, step.Resource, cancellationToken))
        {
            (task.Reason, task.Remedy) = (step.Message, step.Remedy);
        }

        await change.CommitAsync(cancellationToken);
    }

    private async Task<ScoutDb> DemandAsync(Actor actor, CancellationToken cancellationToken)
    {
        var db = await databases.CreateDbContextAsync(cancellationToken);
        try
        {
            await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
            return db;
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    private static Task<List<CleanupTask>> ListAsync(ScoutDb db, Actor actor, CleanupTarget target, AzureResource resource, CancellationToken cancellationToken)
    {
        var (kind, name) = resource.Kind switch
        {
            // Reminders name it as the template does.
            AzureResourceKind.EventSubscription => (CleanupKind.EventSubscription, $"{target.Topic!.Name}/{AzureNames.EventSubscription}"),
            AzureResourceKind.SystemTopic => (CleanupKind.SystemTopic, resource.Name),
            _ => (CleanupKind.RegistryToken, resource.Name),
        };
        var all = db.CleanupTasks.Where(t => t.OrganizationId == actor.OrganizationId && t.DoneAt == null && t.Kind == kind && t.ResourceName == name);
        // Of leftovers of another dashboard no integration is known.
        return (target.IntegrationId is { } id ? all.Where(t => t.IntegrationId == id) : all.Where(t => t.Hostname == target.Hostname)).ToListAsync(cancellationToken);
    }

    private static string SubjectOf(CleanupTarget target) => target.Hostname.Length > 0 ? target.Hostname : target.Registry.Name;
}
