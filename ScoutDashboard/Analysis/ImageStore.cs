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

    /// <summary>Notes that an index holds those of these manifests that have a row already. As soon as that is known: whatever ends the analysis, they are not untagged.</summary>
    public async Task HoldAsync(long indexId, IEnumerable<Digest> digests, CancellationToken cancellationToken)
    {
        string[] named = [.. digests.Select(digest => digest.Value)];
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var ids = await Named(db, indexId, named).Where(i => !db.IndexEntries.Any(e => e.IndexId == indexId && e.ImageId == i.Id)).Select(i => i.Id).ToListAsync(cancellationToken);
        db.IndexEntries.AddRange(ids.Select(id => new IndexEntry { IndexId = indexId, ImageId = id }));
        await db.SaveChangesAsync(cancellationToken);
        await Named(db, indexId, named).Where(i => i.UntaggedAt != null).ExecuteUpdateAsync(set => set.SetProperty(i => i.UntaggedAt, (DateTime?)null), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Ends the analysis of an index, which holds these and no others. Its state is that of the worst of them; <paramref name="failure"/> tells of those that failed.</summary>
    public async Task SaveIndexAsync(long indexId, IEnumerable<Digest> digests, string? failure, CancellationToken cancellationToken)
    {
        string[] named = [.. digests.Select(digest => digest.Value)];
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var held = Named(db, indexId, named);
        await db.IndexEntries.Where(e => e.IndexId == indexId && !held.Any(i => i.Id == e.ImageId)).ExecuteDeleteAsync(cancellationToken);
        var isWhole = failure is null && !await held.AnyAsync(i => i.State != ImageState.Analysed, cancellationToken);
        var index = await db.Images.SingleAsync(i => i.Id == indexId, cancellationToken);
        index.Size = await held.SumAsync(i => i.Size, cancellationToken);
        (index.State, index.StateReason) = (isWhole ? ImageState.Analysed : ImageState.Partial, failure);
        index.AnalysedAt = clock.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancellationToken);
        await CountMarks.AddAsync(db, db.Images.Where(i => i.Id == indexId).Select(i => i.Id), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static IQueryable<Image> Named(ScoutDb db, long indexId, string[] digests) =>
        db.Images.Where(i => digests.Contains(i.Digest) && db.Images.Any(index => index.Id == indexId && index.RepositoryId == i.RepositoryId));

    private async Task SetAsync(long imageId, ImageState state, string? reason, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Images.Where(i => i.Id == imageId).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.State, state).SetProperty(i => i.StateReason, reason), cancellationToken);
    }
}
