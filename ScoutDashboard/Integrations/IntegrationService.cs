using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Adds registries and tells about them.</summary>
public sealed class IntegrationService(IDbContextFactory<ScoutDb> databases, SecretVault vault, RegistryOptions registries, TimeProvider clock)
{
    /// <summary>Adds a registry that waits for its deployment. One that was removed before gets its kept results back, disabled, and its reminders end.</summary>
    public Task<AddOutcome> AddAsync(Actor actor, RegistryHostname hostname, CancellationToken cancellationToken) => AddAsync(actor, hostname, null, cancellationToken);

    /// <summary>Adds a registry of which is known where in Azure it lies.</summary>
    public async Task<AddOutcome> AddAsync(Actor actor, RegistryHostname hostname, AzurePlace? place, CancellationToken cancellationToken)
    {
        // SQLite begins it immediate: nobody else can add the same registry in between, and the unique index says so once more.
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        var db = change.Db;
        if (await FindActiveAsync(db, actor.OrganizationId, hostname, cancellationToken) is { } active)
        {
            return new AddOutcome.AlreadyConnected(active);
        }

        var integration = Create(actor.OrganizationId, hostname);
        (integration.AzureSubscription, integration.ResourceGroup, integration.Location) = (place?.Subscription, place?.ResourceGroup, place?.Location);
        await ChooseTopicAsync(db, integration, hostname, cancellationToken);
        db.Integrations.Add(integration);
        await db.SaveChangesAsync(cancellationToken);
        await TakeOverAsync(db, integration, cancellationToken);
        change.Note(AuditAction.IntegrationAdded, hostname.Value);
        await change.CommitAsync(cancellationToken);
        return new AddOutcome.Added(integration.Id);
    }

    /// <summary>What <see cref="AddAsync(Actor, RegistryHostname, AzurePlace, CancellationToken)"/> would add, which is not kept; or the integration that the registry has. Id 0 where it has none.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<IntegrationDetails> ProposeAsync(Actor actor, RegistryHostname hostname, AzurePlace place, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await db.Integrations.AsNoTracking().SingleOrDefaultAsync(i => i.OrganizationId == actor.OrganizationId && i.ActiveHostname == hostname.Value, cancellationToken) is { } active)
        {
            return new IntegrationDetails(active, hostname, []);
        }

        var integration = Create(actor.OrganizationId, hostname);
        (integration.AzureSubscription, integration.ResourceGroup, integration.Location) = (place.Subscription, place.ResourceGroup, place.Location);
        await ChooseTopicAsync(db, integration, hostname, cancellationToken);
        return new IntegrationDetails(integration, hostname, []);
    }

    /// <summary>All registries of the organization that are not removed, by hostname.</summary>
    public async Task<IReadOnlyList<IntegrationRow>> ListAsync(int organizationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.Where(i => i.OrganizationId == organizationId && i.RemovedAt == null).OrderBy(i => i.Hostname)
            .Select(i => new IntegrationRow(
                i.Id, i.Hostname, i.State, i.StateReason, i.TokenName,
                db.Repositories.Count(r => r.IntegrationId == i.Id && r.Enabled), db.Repositories.Count(r => r.IntegrationId == i.Id),
                i.LastEventAt, db.Images.Where(m => m.Repository!.IntegrationId == i.Id).Max(m => m.AnalysedAt))
            {
                UsesIdentity = i.UsesIdentity, IsChanged = i.Differences != "", IsUnknown = i.WatchFailure != null && i.AzureSubscription != null,
            })
            .ToListAsync(cancellationToken);
    }

    /// <summary>One registry with its newest 20 events, or null where there is none of that id or it is removed.</summary>
    public async Task<IntegrationDetails?> FindAsync(int organizationId, long id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Integrations.AsNoTracking().SingleOrDefaultAsync(i => i.Id == id && i.OrganizationId == organizationId && i.RemovedAt == null, cancellationToken);
        if (row is null)
        {
            return null;
        }

        var events = await db.Events.AsNoTracking().Where(e => e.IntegrationId == id).OrderByDescending(e => e.ReceivedAt).ThenByDescending(e => e.Id).Take(20).ToListAsync(cancellationToken);
        return new IntegrationDetails(row, RegistryHostname.TryParse(row.Hostname, registries.AllowedHosts, out var hostname) ? hostname : null, events)
        {
            Repositories = await db.Repositories.CountAsync(r => r.IntegrationId == id, cancellationToken),
            Enabled = await db.Repositories.CountAsync(r => r.IntegrationId == id && r.Enabled, cancellationToken),
        };
    }

    /// <summary>The person says that the deployment is done: the wizard waits for the token from now on.</summary>
    public async Task ConfirmDeploymentAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await ActiveIntegration.FindAsync(change, actor, id, cancellationToken) is { State: IntegrationState.WaitingForDeployment } integration)
        {
            integration.State = IntegrationState.WaitingForToken;
            change.Note(AuditAction.DeploymentConfirmed, integration.Hostname);
            await change.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Which Event Grid system topic the template names, and whether it exists already.</summary>
    /// <returns>False where the name breaks Event Grid's rule: 3 to 50 letters, digits and dashes.</returns>
    public async Task<bool> SetTopicAsync(Actor actor, long id, string topic, bool exists, CancellationToken cancellationToken)
    {
        var name = topic.Trim();
        if (!SystemTopicName.IsValid(name))
        {
            return false;
        }

        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await ActiveIntegration.FindAsync(change, actor, id, cancellationToken) is not { } integration)
        {
            return false;
        }

        (integration.SystemTopic, integration.UsesExistingTopic) = (name, exists);
        change.Note(AuditAction.TopicChanged, integration.Hostname, name);
        await change.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Who last had the dashboard deploy this, for who can't ask Azure what became of it; null where nobody had.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<DeploymentStart?> FindDeploymentAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        if (await FindToChangeAsync(actor, id, cancellationToken) is not { Host: { } host } integration)
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Audit.Where(line => line.OrganizationId == actor.OrganizationId && line.Action == AuditAction.DeploymentStarted && line.Subject == integration.Hostname && line.At >= integration.CreatedAt)
            .OrderByDescending(line => line.Id).Select(line => new DeploymentStart(line.Name, line.At, AzureNames.DeploymentOf(host.RegistryName))).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Writes down who has something mended in Azure, and what.</summary>
    internal async Task NoteMendAsync(Actor actor, long id, AzureDifference difference, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await ActiveIntegration.FindAsync(change, actor, id, cancellationToken) is { } integration)
        {
            change.Note(AuditAction.AzureMended, integration.Hostname, difference.ToString());
            await change.CommitAsync(cancellationToken);
        }
    }

    /// <summary>One registry as <see cref="FindAsync"/> tells it, for whoever is about to change it or to use its secrets.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<IntegrationDetails?> FindToChangeAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using (var db = await databases.CreateDbContextAsync(cancellationToken))
        {
            await MemberChange.DemandAsync(db, actor, MemberRole.Administrator, clock, cancellationToken);
        }

        return await FindAsync(actor.OrganizationId, id, cancellationToken);
    }

    private Integration Create(int organizationId, RegistryHostname hostname)
    {
        var (webhookKey, templateKey) = (UrlKey.Create(), UrlKey.Create());
        return new Integration
        {
            OrganizationId = organizationId, Hostname = hostname.Value, ActiveHostname = hostname.Value, State = IntegrationState.WaitingForDeployment,
            TokenName = AzureNames.Token, CreatedAt = clock.GetUtcNow().UtcDateTime,
            WebhookKeyHash = UrlKey.Hash(webhookKey), ProtectedWebhookKey = vault.Protect(SecretKind.WebhookKey, hostname.Value, webhookKey),
            TemplateKeyHash = UrlKey.Hash(templateKey), ProtectedTemplateKey = vault.Protect(SecretKind.TemplateKey, hostname.Value, templateKey),
        };
    }

    private static Task<long?> FindActiveAsync(ScoutDb db, int organizationId, RegistryHostname hostname, CancellationToken cancellationToken) =>
        db.Integrations.Where(i => i.OrganizationId == organizationId && i.ActiveHostname == hostname.Value).Select(i => (long?)i.Id).SingleOrDefaultAsync(cancellationToken);

    // A topic belongs to one registry and its name to one resource group. A registry that comes back keeps its topic, for it may still exist.
    private static async Task ChooseTopicAsync(ScoutDb db, Integration integration, RegistryHostname hostname, CancellationToken cancellationToken)
    {
        var before = await db.Integrations.Where(i => i.OrganizationId == integration.OrganizationId && i.Hostname == integration.Hostname && i.RemovedAt != null)
            .OrderByDescending(i => i.RemovedAt).Select(i => new { i.SystemTopic, i.UsesExistingTopic }).FirstOrDefaultAsync(cancellationToken);
        if (before is not null)
        {
            (integration.SystemTopic, integration.UsesExistingTopic) = (before.SystemTopic, before.UsesExistingTopic);
        }
        else if (await db.Integrations.AnyAsync(i => i.OrganizationId == integration.OrganizationId && i.SystemTopic == AzureNames.SystemTopic && (i.RemovedAt == null
            || db.CleanupTasks.Any(t => t.IntegrationId == i.Id && t.Kind == CleanupKind.SystemTopic && t.DoneAt == null)), cancellationToken))
        {
            integration.SystemTopic = SystemTopicName.For(hostname.RegistryName);
        }
    }

    private async Task TakeOverAsync(ScoutDb db, Integration integration, CancellationToken cancellationToken)
    {
        await db.Repositories.Where(r => r.Integration!.OrganizationId == integration.OrganizationId && r.Integration.Hostname == integration.Hostname && r.Integration.RemovedAt != null)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.IntegrationId, integration.Id).SetProperty(r => r.Enabled, false), cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        await db.CleanupTasks.Where(t => t.OrganizationId == integration.OrganizationId && t.Hostname == integration.Hostname && t.DoneAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.DoneAt, now), cancellationToken);
    }
}

/// <summary>What became of the wish to add a registry.</summary>
public abstract record AddOutcome(long IntegrationId)
{
    public sealed record Added(long IntegrationId) : AddOutcome(IntegrationId);
    public sealed record AlreadyConnected(long IntegrationId) : AddOutcome(IntegrationId);
}

/// <param name="Name">Who had it deployed.</param>
/// <param name="At">When it was begun, UTC.</param>
/// <param name="Deployment">What it is called in Azure.</param>
public sealed record DeploymentStart(string Name, DateTime At, string Deployment);
