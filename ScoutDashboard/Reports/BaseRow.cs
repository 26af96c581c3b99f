using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Reports;

/// <summary>An image that may be another's base.</summary>
internal sealed record BaseRow(
    long Id, long RepositoryId, string Repository, string Registry, string Digest, string? Platform, string? LayerChain, string? Settings, DateTime? PushedAt, DateTime? DeletedAt)
{
    /// <summary>Of several, one that still exists, then the one pushed last, then by the repository's name; null where there is none.</summary>
    public static Task<BaseRow?> PickAsync(IQueryable<Image> images, CancellationToken cancellationToken) =>
        images.OrderBy(i => i.DeletedAt != null).ThenByDescending(i => i.PushedAt).ThenBy(i => i.Repository!.Name).ThenBy(i => i.Id)
            .Select(i => new BaseRow(
                i.Id, i.RepositoryId, i.Repository!.Name, i.Repository.Integration!.Hostname, i.Digest, i.Platform, i.LayerChain, i.Settings, i.PushedAt, i.DeletedAt))
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>Images with one of these digests, and those of the same platform that an index with one of them holds.</summary>
    public static IQueryable<Image> ByDigest(ScoutDb db, IQueryable<Image> images, IReadOnlyCollection<string> digests, string? platform)
    {
        var named = images.Where(i => digests.Contains(i.Digest)).Select(i => i.Id);
        var held = db.IndexEntries.Where(e => named.Contains(e.IndexId)).Select(e => e.ImageId);
        return images.Where(i => i.Kind == ImageKind.Image && (named.Contains(i.Id) || (held.Contains(i.Id) && i.Platform == platform)));
    }
}
