using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Removes registries, and remembers what they leave behind in Azure until a person says that it is gone.</summary>
public sealed class RemovalService(IDbContextFactory<ScoutDb> databases, RegistryOptions registries, TimeProvider clock)
{
    private const string Unused = "It signed in by its own identity: the token is there only if the template made it, and nobody deleted it since.";

    /// <summary>Erases the token, ends events and queued jobs, disables or erases the repositories, and adds the reminders; all or nothing.</summary>
    /// <returns>False where there is no such registry any more.</returns>
    public async Task<bool> RemoveAsync(Actor actor, long id, bool eraseResults, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        var (db, now) = (change.Db, change.Now);
        var removed = await db.Integrations.Where(i => i.Id == id && i.OrganizationId == actor.OrganizationId && i.RemovedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.State, IntegrationState.Removed).SetProperty(i => i.StateReason, (string?)null)
                .SetProperty(i => i.RemovedAt, now).SetProperty(i => i.ActiveHostname, (string?)null).SetProperty(i => i.ProtectedToken, (string?)null)
                .SetProperty(i => i.ProtectedWebhookKey, "").SetProperty(i => i.ProtectedTemplateKey, ""), cancellationToken);
        if (removed == 0)
        {
            return false;
        }

        await CancelJobsAsync(db, id, now, cancellationToken);
        var repositories = db.Repositories.Where(r => r.IntegrationId == id);
        await (eraseResults ? repositories.ExecuteDeleteAsync(cancellationToken) : repositories.ExecuteUpdateAsync(set => set.SetProperty(r => r.Enabled, false), cancellationToken));
        var integration = await db.Integrations.SingleAsync(i => i.Id == id, cancellationToken);
        db.CleanupTasks.AddRange(LeftoversOf(integration, now));
        change.Note(AuditAction.IntegrationRemoved, integration.Hostname, eraseResults ? "Results erased" : "Results kept");
        await change.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The reminders that are not ticked off, oldest first.</summary>
    public async Task<IReadOnlyList<CleanupTask>> ListRemindersAsync(int organizationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.CleanupTasks.AsNoTracking().Where(t => t.OrganizationId == organizationId && t.DoneAt == null).OrderBy(t => t.Id).ToListAsync(cancellationToken);
    }

    /// <summary>The person says that the resource is gone.</summary>
    public async Task TickOffAsync(Actor actor, long taskId, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        var task = await change.Db.CleanupTasks.SingleOrDefaultAsync(t => t.Id == taskId && t.OrganizationId == actor.OrganizationId && t.DoneAt == null, cancellationToken);
        if (task is not null)
        {
            task.DoneAt = change.Now;
            change.Note(AuditAction.ReminderTickedOff, task.Hostname, task.ResourceName);
            await change.CommitAsync(cancellationToken);
        }
    }

    private static Task<int> CancelJobsAsync(ScoutDb db, long id, DateTime now, CancellationToken cancellationToken) =>
        db.Jobs.Where(j => j.Repository!.IntegrationId == id && j.State == JobState.Queued)
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.State, JobState.Cancelled).SetProperty(j => j.ActiveKey, (string?)null)
                .SetProperty(j => j.FinishedAt, now).SetProperty(j => j.Failure, "The registry was removed."), cancellationToken);

    private IEnumerable<CleanupTask> LeftoversOf(Integration integration, DateTime now)
    {
        if (!RegistryHostname.TryParse(integration.Hostname, registries.AllowedHosts, out var hostname) || !hostname.IsAzure)
        {
            return [];
        }

        var topic = integration.UsesExistingTopic
            ? (Kind: CleanupKind.EventSubscription, Name: $"{integration.SystemTopic}/{AzureNames.EventSubscription}")
            : (Kind: CleanupKind.SystemTopic, Name: integration.SystemTopic);
        return [Leftover(CleanupKind.RegistryToken, integration.TokenName, integration.UsesIdentity ? Unused : null), Leftover(topic.Kind, topic.Name)];

        CleanupTask Leftover(CleanupKind kind, string name, string? reason = null) => new()
        {
            OrganizationId = integration.OrganizationId, IntegrationId = integration.Id, Hostname = integration.Hostname, Kind = kind, ResourceName = name, CreatedAt = now, Reason = reason,
        };
    }
}
