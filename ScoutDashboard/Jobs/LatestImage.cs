using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Jobs;

/// <summary>Keeps <see cref="Repository.LatestImageId"/>: the image or index whose tag moved last. Signatures and other artifacts don't count.</summary>
public static class LatestImage
{
    /// <summary>Call inside a transaction, after tags or images were saved.</summary>
    public static async Task RefreshAsync(ScoutDb db, IReadOnlyCollection<long> repositoryIds, CancellationToken cancellationToken)
    {
        if (repositoryIds.Count == 0)
        {
            return;
        }

        var latest =
            from r in db.Repositories
            where repositoryIds.Contains(r.Id)
            select new
            {
                r.Id, r.LatestImageId,
                Newest = db.Tags.Where(t => t.RepositoryId == r.Id)
                    .Join(
                        db.Images.Where(i => i.DeletedAt == null && i.Kind != ImageKind.Artifact && i.State != ImageState.Skipped),
                        t => new { t.RepositoryId, t.Digest }, i => new { i.RepositoryId, i.Digest }, (t, i) => new { t.PushedAt, t.Id, ImageId = (long?)i.Id })
                    .OrderByDescending(x => x.PushedAt).ThenByDescending(x => x.Id)
                    .Select(x => x.ImageId)
                    .FirstOrDefault(),
            };
        foreach (var repository in (await latest.ToListAsync(cancellationToken)).Where(r => r.LatestImageId != r.Newest))
        {
            await db.Repositories.Where(r => r.Id == repository.Id).ExecuteUpdateAsync(set => set.SetProperty(r => r.LatestImageId, repository.Newest), cancellationToken);
        }
    }
}
