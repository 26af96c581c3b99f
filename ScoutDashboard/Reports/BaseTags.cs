using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Reports;

/// <summary>The tags of a base, now and before: only jobs remember what a tag pointed at once.</summary>
internal static class BaseTags
{
    private const string Latest = "latest";

    /// <param name="known">The base.</param>
    /// <param name="declaredTag">The tag that the image built on it names, if any: then only that one matters.</param>
    /// <returns>A tag to call it by, and what that tag points at now where that is something newer.</returns>
    public static async Task<(string? Tag, NewerBase? Newer)> ReadAsync(ScoutDb db, BaseRow known, string? declaredTag, CancellationToken cancellationToken)
    {
        var family = await db.IndexEntries.Where(e => e.ImageId == known.Id).Join(db.Images, e => e.IndexId, i => i.Id, (_, i) => i.Digest).ToListAsync(cancellationToken);
        family.Add(known.Digest);
        var current = await db.Tags.Where(t => t.RepositoryId == known.RepositoryId && family.Contains(t.Digest))
            .OrderByDescending(t => t.PushedAt).ThenBy(t => t.Name == Latest).ThenByDescending(t => t.Name.Length).ThenBy(t => t.Name).Select(t => t.Name).ToListAsync(cancellationToken);
        var former = await db.Jobs.Where(j => j.RepositoryId == known.RepositoryId && j.Digest != null && family.Contains(j.Digest) && j.Tag != null)
            .Select(j => j.Tag!).Distinct().OrderBy(t => t).ToListAsync(cancellationToken);
        var followed = declaredTag is not null ? [declaredTag] : Telling(former.Except(current));
        var moved = await db.Tags
            .Where(t => t.RepositoryId == known.RepositoryId && followed.Contains(t.Name) && !family.Contains(t.Digest) && (known.PushedAt == null || t.PushedAt > known.PushedAt))
            .OrderByDescending(t => t.PushedAt).ThenBy(t => t.Name).FirstOrDefaultAsync(cancellationToken);
        // "latest" says nothing where the image has a name that still holds.
        moved = moved?.Name == Latest && declaredTag is null && current.Count > 0 ? null : moved;
        var tag = declaredTag is not null && (moved is not null || current.Contains(declaredTag)) ? declaredTag : current.FirstOrDefault() ?? moved?.Name ?? Telling(former).FirstOrDefault();
        if (moved is null)
        {
            return (tag, null);
        }

        var images = db.Images.Where(i => i.RepositoryId == known.RepositoryId && i.DeletedAt == null);
        var newer = await BaseRow.PickAsync(BaseRow.ByDigest(db, images, [moved.Digest], known.Platform), cancellationToken);
        return (tag, new NewerBase(moved.Name, moved.PushedAt, newer?.Id));
    }

    private static List<string> Telling(IEnumerable<string> tags) => tags.ToList() is { Count: > 1 } all ? [.. all.Where(t => t != Latest)] : [.. tags];
}
