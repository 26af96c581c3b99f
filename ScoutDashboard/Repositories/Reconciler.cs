using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Integrations;
using ScoutDashboard.Jobs;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Repositories;

/// <summary>Finds what no event told of: pushes, moved and removed tags, deleted repositories. Alone it makes the product work behind a firewall.</summary>
public sealed class Reconciler(
    IDbContextFactory<ScoutDb> databases, RegistryAccessProvider accesses, TagSync tags, JobQueue queue, TimeProvider clock, ILogger<Reconciler> logger)
{
    /// <summary>The integrations to look at: connected, or failing and perhaps well again.</summary>
    public async Task<IReadOnlyList<long>> ListIntegrationsAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.Where(i => i.RemovedAt == null && (i.State == IntegrationState.Connected || i.State == IntegrationState.Error))
            .OrderBy(i => i.Id).Select(i => i.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Looks at all enabled repositories of one integration. A registry that can't be read ends the round, and is written down.</summary>
    public async Task ReconcileAsync(long integrationId, CancellationToken cancellationToken)
    {
        if (await accesses.FindAsync(integrationId, cancellationToken) is not { } access)
        {
            return;
        }

        var repositories = await ListRepositoriesAsync(integrationId, cancellationToken);
        var answered = repositories.Count == 0;
        RegistryException? refused = null;
        foreach (var (id, name) in repositories)
        {
            try
            {
                if (await tags.SyncAsync(access, id, name, cancellationToken) > 0)
                {
                    queue.Wake();
                }

                answered = true;
            }
            catch (RegistryException exception) when (exception.Error == RegistryError.NotFound)
            {
                answered = true;
                await MarkDeletedAsync(id, cancellationToken);
            }
            catch (RegistryException exception) when (RegistryHealth.IsAboutTheRegistry(exception) || exception.Error == RegistryError.Throttled)
            {
                logger.LogWarning(exception, "Reconciling {Hostname} stopped at {Repository}.", access.Hostname, name);
                if (exception.Error != RegistryError.Throttled)
                {
                    await accesses.ReportAsync(integrationId, exception, cancellationToken);
                }

                return;
            }
            catch (RegistryException exception)
            {
                logger.LogWarning(exception, "{Repository} of {Hostname} could not be reconciled.", name, access.Hostname);
                refused = exception;
            }
        }

        if (!answered)
        {
            await accesses.ReportAsync(integrationId, refused, cancellationToken);
            return;
        }

        if (repositories.Count > 0)
        {
            await accesses.ReportAsync(integrationId, null, cancellationToken);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        await db.Integrations.Where(i => i.Id == integrationId).ExecuteUpdateAsync(set => set.SetProperty(i => i.LastReconcileAt, now), cancellationToken);
    }

    private async Task<IReadOnlyList<(long Id, string Name)>> ListRepositoriesAsync(long integrationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Repositories.Where(r => r.IntegrationId == integrationId && r.Enabled).OrderBy(r => r.Id).Select(r => new { r.Id, r.Name }).ToListAsync(cancellationToken);
        return [.. rows.Select(r => (r.Id, r.Name))];
    }

    // Tags go, too: should the repository come back, its tags are then new ones.
    private async Task MarkDeletedAsync(long repositoryId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        await db.Images.Where(i => i.RepositoryId == repositoryId && i.DeletedAt == null).ExecuteUpdateAsync(set => set.SetProperty(i => i.DeletedAt, now), cancellationToken);
        await db.Tags.Where(t => t.RepositoryId == repositoryId).ExecuteDeleteAsync(cancellationToken);
        await LatestImage.RefreshAsync(db, [repositoryId], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
