using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Repositories;

/// <summary>Lists repositories, and enables or disables their analysis.</summary>
public sealed class RepositoryService(IDbContextFactory<ScoutDb> databases, JobQueue queue, TimeProvider clock)
{
    private const int Batch = 500;

    /// <param name="page">From 0.</param>
    public async Task<RepositoryPage> ListAsync(RepositoryFilter filter, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var matching = Matching(db, filter);
        var total = await matching.CountAsync(cancellationToken);
        var enabled = await matching.CountAsync(r => r.Enabled, cancellationToken);
        var rows = await matching
            .OrderBy(r => r.Name).ThenBy(r => r.Id).Skip(page * pageSize).Take(pageSize)
            .Select(r => new
            {
                r.Id, r.IntegrationId, r.Integration!.Hostname, r.Name, r.Enabled, r.LastPushedAt, IsGone = r.SeenAt < r.Integration.ListedAt,
                Job = db.Jobs.Where(j => j.RepositoryId == r.Id).OrderByDescending(j => j.CreatedAt).ThenByDescending(j => j.Id)
                    .Select(j => new LastJob(j.Id, j.State, j.Failure, j.FinishedAt)).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return new RepositoryPage(
            [.. rows.Select(r => new RepositoryRow(r.Id, r.IntegrationId, r.Hostname, r.Name, r.Enabled, r.LastPushedAt, r.IsGone, r.Job))], total, enabled);
    }

    /// <summary>The ids of all repositories that match, for acting on all of them.</summary>
    public async Task<IReadOnlyList<long>> ListIdsAsync(RepositoryFilter filter, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await Matching(db, filter).Select(r => r.Id).ToListAsync(cancellationToken);
    }

    /// <summary>The hostname of a registry that isn't removed, or null.</summary>
    public async Task<string?> FindHostnameAsync(int organizationId, long integrationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations.Where(i => i.Id == integrationId && i.OrganizationId == organizationId && i.RemovedAt == null)
            .Select(i => i.Hostname).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Enables image analysis and queues the analysis of each repository's latest image.</summary>
    /// <returns>How many were not enabled before.</returns>
    public async Task<int> EnableAsync(Actor actor, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Editor, clock, cancellationToken);
        var (db, now) = (change.Db, change.Now);
        var changed = 0;
        foreach (var batch in ids.Chunk(Batch))
        {
            var disabled = await NoteAsync(change, Ours(db, actor.OrganizationId).Where(r => batch.Contains(r.Id) && !r.Enabled), AuditAction.RepositoryEnabled, cancellationToken);
            await db.Repositories.Where(r => disabled.Contains(r.Id)).ExecuteUpdateAsync(
                set => set.SetProperty(r => r.Enabled, true).SetProperty(r => r.EnabledAt, now).SetProperty(r => r.BaselineAt, (DateTime?)null), cancellationToken);
            await queue.AddLatestAsync(db, disabled, JobReason.Enabled, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            db.ChangeTracker.Clear();
            changed += disabled.Count;
        }

        await change.CommitAsync(cancellationToken);
        queue.Wake();
        return changed;
    }

    /// <summary>Disables image analysis and cancels what is queued; results stay.</summary>
    /// <returns>How many were enabled before.</returns>
    public async Task<int> DisableAsync(Actor actor, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Editor, clock, cancellationToken);
        var (db, now) = (change.Db, change.Now);
        var changed = 0;
        foreach (var batch in ids.Chunk(Batch))
        {
            var enabled = await NoteAsync(change, Ours(db, actor.OrganizationId).Where(r => batch.Contains(r.Id) && r.Enabled), AuditAction.RepositoryDisabled, cancellationToken);
            await db.Repositories.Where(r => enabled.Contains(r.Id)).ExecuteUpdateAsync(set => set.SetProperty(r => r.Enabled, false), cancellationToken);
            await db.Jobs.Where(j => enabled.Contains(j.RepositoryId) && j.State == JobState.Queued).ExecuteUpdateAsync(
                set => set.SetProperty(j => j.State, JobState.Cancelled).SetProperty(j => j.ActiveKey, (string?)null).SetProperty(j => j.FinishedAt, now)
                    .SetProperty(j => j.Failure, "Image analysis was disabled for this repository."), cancellationToken);
            changed += enabled.Count;
        }

        await change.CommitAsync(cancellationToken);
        queue.Wake();
        return changed;
    }

    private static async Task<List<long>> NoteAsync(MemberChange change, IQueryable<Repository> repositories, AuditAction action, CancellationToken cancellationToken)
    {
        var rows = await repositories.Select(r => new { r.Id, r.Integration!.Hostname, r.Name }).ToListAsync(cancellationToken);
        rows.ForEach(r => change.Note(action, $"{r.Hostname}/{r.Name}"));
        return rows.ConvertAll(r => r.Id);
    }

    private static IQueryable<Repository> Ours(ScoutDb db, int organizationId) =>
        db.Repositories.Where(r => r.Integration!.OrganizationId == organizationId && r.Integration.RemovedAt == null);

    private static IQueryable<Repository> Matching(ScoutDb db, RepositoryFilter filter)
    {
        var rows = Ours(db, filter.OrganizationId);
        rows = filter.IntegrationId is { } integrationId ? rows.Where(r => r.IntegrationId == integrationId) : rows;
        rows = filter.Enabled is { } enabled ? rows.Where(r => r.Enabled == enabled) : rows;
        // Names are lower case (OCI distribution-spec), so the text is, too.
        var text = filter.Search?.Trim().ToLowerInvariant();
        return string.IsNullOrEmpty(text) ? rows : rows.Where(r => r.Name.Contains(text) || (filter.IntegrationId == null && r.Integration!.Hostname.Contains(text)));
    }
}

/// <summary>Which repositories. IntegrationId null: of all registries. Enabled null: both.</summary>
public sealed record RepositoryFilter(int OrganizationId, long? IntegrationId, string? Search, bool? Enabled);

/// <param name="Total">Repositories that match.</param>
/// <param name="Enabled">How many of those are enabled.</param>
public sealed record RepositoryPage(IReadOnlyList<RepositoryRow> Rows, int Total, int Enabled);

/// <param name="IsGone">The catalogue listed it once, but not the last time.</param>
public sealed record RepositoryRow(long Id, long IntegrationId, string Hostname, string Name, bool Enabled, DateTime? LastPushedAt, bool IsGone, LastJob? Job);

/// <summary>The newest job of a repository.</summary>
public sealed record LastJob(long Id, JobState State, string? Failure, DateTime? FinishedAt);
