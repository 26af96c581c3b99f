using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Retention;

/// <summary>
/// Removes the analyses whose time has come, some of one repository at a time, each time with its line in the audit log. An image with a tag, in an index that is
/// still there, or at work stays, whatever was noted of it. Should it come back, nothing is known of it, so it is analysed anew.
/// </summary>
public sealed class ImageRemoval(IDbContextFactory<ScoutDb> databases, RetentionOptions options, RetentionPace pace, TimeProvider clock)
{
    // Each with a hundred rows or so of its own.
    private const int Batch = 50;

    /// <returns>How many images were removed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        while (await RemoveSomeAsync(cancellationToken) is > 0 and var count)
        {
            removed += count;
            await Task.Delay(pace.Pause, clock, cancellationToken);
        }

        return removed;
    }

    private async Task<int> RemoveSomeAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await Due(db).OrderBy(i => i.RepositoryId).Select(i => (long?)i.RepositoryId).FirstOrDefaultAsync(cancellationToken) is not { } repositoryId)
        {
            return 0;
        }

        // Asked again under the lock: a push may have come in between.
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var ids = await Due(db).Where(i => i.RepositoryId == repositoryId).OrderBy(i => i.Id).Select(i => i.Id).Take(Batch).ToListAsync(cancellationToken);
        // What an image changed when it became the latest is told of the repository as long as other changes are.
        await db.FindingChanges.Where(c => c.ImageId != null && ids.Contains(c.ImageId.Value)).ExecuteUpdateAsync(set => set.SetProperty(c => c.ImageId, (long?)null), cancellationToken);
        await db.Images.Where(i => ids.Contains(i.Id)).ExecuteDeleteAsync(cancellationToken);
        await LatestImage.RefreshAsync(db, [repositoryId], cancellationToken);
        if (ids.Count > 0)
        {
            await NoteAsync(db, repositoryId, ids.Count, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return ids.Count;
    }

    private IQueryable<Image> Due(ScoutDb db)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var (untagged, deleted) = (options.UntaggedImages.Before(now), options.DeletedImages.Before(now));
        // Deleted ones from when that was noticed, too: their page had to say so first.
        return db.Images.Where(i => i.UntaggedAt != null && (i.DeletedAt == null ? i.UntaggedAt <= untagged : i.DeletedAt <= deleted && i.UntaggedAt <= deleted)
            && !db.Tags.Any(t => t.RepositoryId == i.RepositoryId && t.Digest == i.Digest)
            && !db.IndexEntries.Any(e => e.ImageId == i.Id)
            // An analysis may be about to put it into an index.
            && !db.Jobs.Any(j => j.RepositoryId == i.RepositoryId && (j.State == JobState.Running || (j.State == JobState.Queued && j.Digest == i.Digest)))
            // What the latest image changed against this one is not written down yet.
            && !db.Repositories.Any(r => r.Id == i.RepositoryId && r.Enabled && r.ComparedImageId == i.Id && r.LatestImageId != null));
    }

    private async Task NoteAsync(ScoutDb db, long repositoryId, int count, CancellationToken cancellationToken)
    {
        var repository = await db.Repositories.Where(r => r.Id == repositoryId).Select(r => new { r.Name, r.Integration!.Hostname, r.Integration.OrganizationId }).SingleAsync(cancellationToken);
        db.Audit.Add(new AuditEntry
        {
            OrganizationId = repository.OrganizationId, At = clock.GetUtcNow().UtcDateTime, Action = AuditAction.AnalysesRemoved, Name = Actor.Dashboard, Subject = $"{repository.Hostname}/{repository.Name}",
            Detail = count == 1 ? "1 image, untagged or deleted" : $"{count} images, untagged or deleted", Address = "",
        });
        await db.SaveChangesAsync(cancellationToken);
    }
}
