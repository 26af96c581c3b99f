using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Jobs;

/// <summary>Keeps <see cref="Repository.LatestImageId"/>: the image or index whose tag moved last. Signatures and other artifacts don't count.</summary>
public static class LatestImage
{
    /// <summary>Call inside a transaction, after tags or images were saved.</summary>
    public static async Task RefreshAsync(ScoutDb db, long repositoryId, CancellationToken cancellationToken)
    {
        var newest = await db.Tags.Where(t => t.RepositoryId == repositoryId)
            .Join(
                db.Images.Where(i => i.RepositoryId == repositoryId && i.DeletedAt == null && i.Kind != ImageKind.Artifact && i.State != ImageState.Skipped),
                t => t.Digest, i => i.Digest, (t, i) => new { t.PushedAt, t.Id, ImageId = (long?)i.Id })
            .OrderByDescending(x => x.PushedAt).ThenByDescending(x => x.Id)
            .Select(x => x.ImageId)
            .FirstOrDefaultAsync(cancellationToken);
        await db.Repositories.Where(r => r.Id == repositoryId && r.LatestImageId != newest)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.LatestImageId, newest), cancellationToken);
    }
}
