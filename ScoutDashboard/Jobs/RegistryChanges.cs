using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Jobs;

/// <summary>
/// Takes in pushes and deletions, whether an event or a listing told of them, in any order and any number of times.
/// Every call belongs inside the caller's transaction; call <see cref="JobQueue.Wake"/> after the commit.
/// </summary>
public sealed class RegistryChanges(JobQueue queue)
{
    /// <summary>Moves the tag where this push is the newest known, and queues the manifest's analysis where it has none.</summary>
    public async Task<PushOutcome> PushedAsync(ScoutDb db, long repositoryId, Push push, CancellationToken cancellationToken)
    {
        await db.Repositories.Where(r => r.Id == repositoryId && (r.LastPushedAt == null || r.LastPushedAt < push.At))
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.LastPushedAt, push.At), cancellationToken);
        if (!await db.Repositories.AnyAsync(r => r.Id == repositoryId && r.Enabled, cancellationToken))
        {
            return PushOutcome.RepositoryDisabled;
        }

        if (push.Digest is not { } digest)
        {
            return await QueueAsync(db, repositoryId, push, cancellationToken);
        }

        if (await IsDeletedSinceAsync(db, repositoryId, digest.Value, push.At, cancellationToken))
        {
            return PushOutcome.DeletedSince;
        }

        await db.Images.Where(i => i.RepositoryId == repositoryId && i.Digest == digest.Value && i.DeletedAt != null)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.DeletedAt, (DateTime?)null).SetProperty(i => i.UntaggedAt, (DateTime?)null), cancellationToken);
        if (push.Tag is not null)
        {
            await MoveTagAsync(db, repositoryId, push.Tag, digest, push.At, cancellationToken);
        }

        var isAnalysed = await db.Images.AnyAsync(
            i => i.RepositoryId == repositoryId && i.Digest == digest.Value
                && (i.State == ImageState.Analysed || i.State == ImageState.Partial || i.State == ImageState.Skipped),
            cancellationToken);
        await LatestImage.RefreshAsync(db, repositoryId, cancellationToken);
        return isAnalysed ? PushOutcome.AlreadyAnalysed : await QueueAsync(db, repositoryId, push, cancellationToken);
    }

    /// <summary>Marks the manifest as deleted in the registry and forgets its tags, unless it was pushed again since.</summary>
    /// <returns>Whether the deletion counts.</returns>
    public static async Task<bool> DeletedAsync(ScoutDb db, long repositoryId, Digest digest, DateTime at, CancellationToken cancellationToken)
    {
        var value = digest.Value;
        var isPushedSince = await db.Tags.AnyAsync(t => t.RepositoryId == repositoryId && t.Digest == value && t.PushedAt > at, cancellationToken)
            || await db.Images.AnyAsync(i => i.RepositoryId == repositoryId && i.Digest == value && i.PushedAt > at, cancellationToken)
            || await EventsOf(db, repositoryId, value).AnyAsync(e => e.Kind == RegistryEventKind.ImagePushed && e.OccurredAt > at, cancellationToken);
        if (isPushedSince)
        {
            return false;
        }

        await db.Images.Where(i => i.RepositoryId == repositoryId && i.Digest == value && (i.DeletedAt == null || i.DeletedAt < at))
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.DeletedAt, at), cancellationToken);
        await db.Tags.Where(t => t.RepositoryId == repositoryId && t.Digest == value).ExecuteDeleteAsync(cancellationToken);
        await db.Jobs.Where(j => j.RepositoryId == repositoryId && j.Digest == value && j.State == JobState.Queued)
            .ExecuteUpdateAsync(
                set => set.SetProperty(j => j.State, JobState.Cancelled).SetProperty(j => j.ActiveKey, (string?)null).SetProperty(j => j.FinishedAt, at)
                    .SetProperty(j => j.Failure, "The image was deleted from the registry."), cancellationToken);
        await LatestImage.RefreshAsync(db, repositoryId, cancellationToken);
        return true;
    }

    /// <summary>Points a tag at a manifest, unless a newer move is known.</summary>
    public static async Task MoveTagAsync(ScoutDb db, long repositoryId, string name, Digest digest, DateTime at, CancellationToken cancellationToken)
    {
        var moved = await db.Tags.Where(t => t.RepositoryId == repositoryId && t.Name == name && t.PushedAt < at)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.Digest, digest.Value).SetProperty(t => t.PushedAt, at), cancellationToken);
        if (moved == 0 && !await db.Tags.AnyAsync(t => t.RepositoryId == repositoryId && t.Name == name, cancellationToken))
        {
            db.Tags.Add(new Tag { RepositoryId = repositoryId, Name = name, Digest = digest.Value, PushedAt = at });
            await db.SaveChangesAsync(cancellationToken);
        }

        // What a tag leads to is needed again, whatever was noted of it; as is what an index holds.
        var tagged = db.Images.Where(i => i.RepositoryId == repositoryId && i.Digest == digest.Value && db.Tags.Any(t => t.RepositoryId == repositoryId && t.Digest == digest.Value)).Select(i => i.Id);
        var needed = tagged.Union(db.IndexEntries.Where(e => tagged.Contains(e.IndexId)).Select(e => e.ImageId));
        await db.Images.Where(i => needed.Contains(i.Id) && i.UntaggedAt != null).ExecuteUpdateAsync(set => set.SetProperty(i => i.UntaggedAt, (DateTime?)null), cancellationToken);
    }

    private async Task<PushOutcome> QueueAsync(ScoutDb db, long repositoryId, Push push, CancellationToken cancellationToken)
    {
        var isAdded = await queue.AddAsync(db, repositoryId, push.Digest, push.Tag, push.Reason, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return isAdded ? PushOutcome.Queued : PushOutcome.AlreadyQueued;
    }

    private static async Task<bool> IsDeletedSinceAsync(ScoutDb db, long repositoryId, string digest, DateTime at, CancellationToken cancellationToken) =>
        await db.Images.AnyAsync(i => i.RepositoryId == repositoryId && i.Digest == digest && i.DeletedAt > at, cancellationToken)
        || await EventsOf(db, repositoryId, digest).AnyAsync(e => e.Kind == RegistryEventKind.ImageDeleted && e.OccurredAt > at, cancellationToken);

    private static IQueryable<RegistryEvent> EventsOf(ScoutDb db, long repositoryId, string digest) =>
        from e in db.Events
        join r in db.Repositories on new { e.IntegrationId, Name = e.Repository } equals new { r.IntegrationId, Name = (string?)r.Name }
        where r.Id == repositoryId && e.Digest == digest
        select e;
}

/// <summary>That a manifest was pushed. Digest null: the teller didn't say which, so the registry must be asked for its latest.</summary>
/// <param name="At">When, UTC, by the registry's clock where it told.</param>
public sealed record Push(string? Tag, Digest? Digest, DateTime At, JobReason Reason);

/// <summary>What became of a push.</summary>
public enum PushOutcome { Queued, AlreadyQueued, AlreadyAnalysed, RepositoryDisabled, DeletedSince }
