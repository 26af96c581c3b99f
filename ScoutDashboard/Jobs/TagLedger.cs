using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Jobs;

/// <summary>
/// Compares a listing of a repository's tags with those known. The first look after enabling is the baseline: it is written down, and nothing
/// of it is analysed. Whatever is new or moved at a later look was pushed without an event, and is queued.
/// </summary>
public sealed class TagLedger(IDbContextFactory<ScoutDb> databases, RegistryChanges changes, TimeProvider clock)
{
    // An event's time and the listing's for the same push differ by less.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>The tags known now. Read before the listing: a row that is still the same afterwards is older than the listing, by whatever clock.</summary>
    public async Task<IReadOnlyDictionary<string, Tag>> ReadAsync(long repositoryId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Tags.AsNoTracking().Where(t => t.RepositoryId == repositoryId).ToDictionaryAsync(t => t.Name, StringComparer.Ordinal, cancellationToken);
    }

    /// <param name="repositoryId">Row of the repository.</param>
    /// <param name="known">What <see cref="ReadAsync"/> gave before the listing.</param>
    /// <param name="listed">The tags that the registry listed, newest first where it tells times.</param>
    /// <param name="limit">How many it would have listed at most.</param>
    /// <param name="cancellationToken">Stops the comparison; nothing of it is kept then.</param>
    /// <returns>How many analyses were queued.</returns>
    public async Task<int> ApplyAsync(
        long repositoryId, IReadOnlyDictionary<string, Tag> known, IReadOnlyList<RegistryTag> listed, int limit, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var repositoryRow = await db.Repositories.AsNoTracking().SingleAsync(r => r.Id == repositoryId, cancellationToken);
        if (!repositoryRow.Enabled)
        {
            return 0;
        }

        var current = await db.Tags.AsNoTracking().Where(t => t.RepositoryId == repositoryId).ToDictionaryAsync(t => t.Name, StringComparer.Ordinal, cancellationToken);
        // A tag whose row changed meanwhile was told of by an event; the listing may be older than that.
        var settled = listed.Where(tag => IsSame(known.GetValueOrDefault(tag.Name), current.GetValueOrDefault(tag.Name))).ToList();
        await ReviveAsync(db, repositoryId, settled, cancellationToken);
        List<RegistryChange> news = [.. settled.Where(tag => current.GetValueOrDefault(tag.Name)?.Digest != tag.Digest.Value).Select(tag => ChangeOf(repositoryRow, tag, current.GetValueOrDefault(tag.Name)))];
        var outcomes = await changes.ApplyAsync(db, news, cancellationToken);
        await ForgetVanishedAsync(db, repositoryId, known, listed, limit, cancellationToken);
        await SetBaselineAsync(db, repositoryRow, listed, cancellationToken);
        await LatestImage.RefreshAsync(db, [repositoryId], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return outcomes.Count(outcome => outcome == ChangeOutcome.Queued);
    }

    private RegistryChange ChangeOf(Repository repository, RegistryTag tag, Tag? row)
    {
        var at = LaterOf(tag.UpdatedAt ?? clock.GetUtcNow().UtcDateTime, row?.PushedAt);
        return repository.BaselineAt is null || (row is null && tag.UpdatedAt <= repository.BaselineAt)
            ? new TagMove(repository.Id, tag.Name, tag.Digest, at) : new Push(repository.Id, tag.Name, tag.Digest, at, JobReason.Reconcile);
    }

    private static async Task ForgetVanishedAsync(
        ScoutDb db, long repositoryId, IReadOnlyDictionary<string, Tag> known, IReadOnlyList<RegistryTag> listed, int limit, CancellationToken cancellationToken)
    {
        var names = listed.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        // A listing that was cut by its limit says nothing of tags older than its oldest.
        var since = listed.Count < limit ? DateTime.MinValue : listed.Min(t => t.UpdatedAt) + Tolerance;
        foreach (var tag in known.Values.Where(t => !names.Contains(t.Name) && t.PushedAt > since))
        {
            await db.Tags.Where(t => t.RepositoryId == repositoryId && t.Id == tag.Id && t.Digest == tag.Digest && t.PushedAt == tag.PushedAt).ExecuteDeleteAsync(cancellationToken);
        }
    }

    private static async Task SetBaselineAsync(ScoutDb db, Repository row, IReadOnlyList<RegistryTag> listed, CancellationToken cancellationToken)
    {
        if (row.BaselineAt is not null)
        {
            return;
        }

        var newest = listed.Max(t => t.UpdatedAt) ?? DateTime.UnixEpoch;
        await db.Repositories.Where(r => r.Id == row.Id && r.EnabledAt == row.EnabledAt)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.BaselineAt, newest), cancellationToken);
        await db.Repositories.Where(r => r.Id == row.Id && listed.Count > 0 && (r.LastPushedAt == null || r.LastPushedAt < newest) && newest > DateTime.UnixEpoch)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.LastPushedAt, newest), cancellationToken);
    }

    // What is listed exists, whatever was believed before.
    private static async Task ReviveAsync(ScoutDb db, long repositoryId, IEnumerable<RegistryTag> listed, CancellationToken cancellationToken)
    {
        var deleted = await db.Images.Where(i => i.RepositoryId == repositoryId && i.DeletedAt != null).Select(i => i.Digest).ToHashSetAsync(cancellationToken);
        foreach (var digest in listed.Select(t => t.Digest.Value).Where(deleted.Contains))
        {
            await db.Images.Where(i => i.RepositoryId == repositoryId && i.Digest == digest).ExecuteUpdateAsync(set => set.SetProperty(i => i.DeletedAt, (DateTime?)null), cancellationToken);
        }
    }

    private static bool IsSame(Tag? before, Tag? now) => before?.Digest == now?.Digest && before?.PushedAt == now?.PushedAt;

    private static DateTime LaterOf(DateTime at, DateTime? known) => known >= at ? known.Value.AddTicks(1) : at;
}
