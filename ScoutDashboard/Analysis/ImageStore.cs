using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>Writes the rows of manifests: what they are and how far their analysis is.</summary>
public sealed class ImageStore(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>The row of a manifest, made if need be, now Analysing.</summary>
    public async Task<long> BeginAsync(long repositoryId, Digest digest, DateTime? pushedAt, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        for (var attempt = 0; ; attempt++)
        {
            var image = await db.Images.SingleOrDefaultAsync(i => i.RepositoryId == repositoryId && i.Digest == digest.Value, cancellationToken)
                ?? db.Images.Add(new Image { RepositoryId = repositoryId, Digest = digest.Value }).Entity;
            (image.State, image.StateReason, image.DeletedAt, image.UntaggedAt) = (ImageState.Analysing, null, null, null);
            image.PushedAt = pushedAt ?? image.PushedAt;
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return image.Id;
            }
            catch (DbUpdateException exception) when (attempt == 0 && (exception is DbUpdateConcurrencyException || db.IsDuplicate(exception)))
            {
                // Another analysis made the row between our look and our save, or its time had come and it was removed.
                db.ChangeTracker.Clear();
            }
        }
    }

    public Task FailAsync(long imageId, string reason) => SetAsync(imageId, ImageState.Failed, reason, CancellationToken.None);

    /// <summary>What was begun will be begun again.</summary>
    public Task PostponeAsync(long imageId) => SetAsync(imageId, ImageState.Pending, null, CancellationToken.None);

    public Task SkipAsync(long imageId, string reason, CancellationToken cancellationToken) => SetAsync(imageId, ImageState.Skipped, reason, cancellationToken);

    public async Task DescribeAsync(long imageId, ImageKind kind, string mediaType, string? platform, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Images.Where(i => i.Id == imageId).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.Kind, kind).SetProperty(i => i.MediaType, mediaType).SetProperty(i => i.Platform, platform), cancellationToken);
    }

    /// <summary>Stores which images an index holds. Its state is that of the worst of them; <paramref name="failure"/> tells of those that failed.</summary>
    public async Task SaveIndexAsync(long indexId, IReadOnlyCollection<long> imageIds, string? failure, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        await db.IndexEntries.Where(entry => entry.IndexId == indexId).ExecuteDeleteAsync(cancellationToken);
        db.IndexEntries.AddRange(imageIds.Distinct().Select(id => new IndexEntry { IndexId = indexId, ImageId = id }));
        await db.Images.Where(i => imageIds.Contains(i.Id) && i.UntaggedAt != null).ExecuteUpdateAsync(set => set.SetProperty(i => i.UntaggedAt, (DateTime?)null), cancellationToken);
        var isWhole = failure is null && !await db.Images.AnyAsync(i => imageIds.Contains(i.Id) && i.State != ImageState.Analysed, cancellationToken);
        var index = await db.Images.SingleAsync(i => i.Id == indexId, cancellationToken);
        index.Size = await db.Images.Where(i => imageIds.Contains(i.Id)).SumAsync(i => i.Size, cancellationToken);
        (index.State, index.StateReason) = (isWhole ? ImageState.Analysed : ImageState.Partial, failure);
        index.AnalysedAt = clock.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancellationToken);
        await CountMarks.AddAsync(db, db.Images.Where(i => i.Id == indexId).Select(i => i.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task SetAsync(long imageId, ImageState state, string? reason, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Images.Where(i => i.Id == imageId).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.State, state).SetProperty(i => i.StateReason, reason), cancellationToken);
    }
}
