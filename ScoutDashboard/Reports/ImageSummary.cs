using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>What every list tells of an image.</summary>
public sealed record ImageSummary(
    long Id, string Digest, ImageKind Kind, string? Platform, long Size, DateTime? PushedAt, ImageState State, string? StateReason, DateTime? AnalysedAt,
    DateTime? DeletedAt, int? Critical, int? High, int? Medium, int? Low, int? Unknown, string Unmatched)
{
    /// <summary>Since when no tag leads to it; null while one does.</summary>
    public DateTime? UntaggedAt { get; init; }

    /// <summary>Vulnerabilities that exceptions cover; they are not among the counts.</summary>
    public int Accepted { get; init; }

    /// <summary>What to call it among the images of its index: the digest where no platform is known, as of one whose manifest could not be read.</summary>
    public string Called => Platform is not null ? DisplayText.Sanitise(Platform, 60) : Images.Digest.TryParse(Digest, out var digest) ? digest.Short : "–";

    /// <summary>Wire bytes of the layers; null where the image was not analysed yet.</summary>
    public long? KnownSize => AnalysedAt is null ? null : Size;

    /// <summary>The size of an image, or of all images of an index, in wire bytes; null where none is known.</summary>
    public long? SizeWith(IReadOnlyCollection<ImageSummary> children) => Kind != ImageKind.Index ? KnownSize : children.Any(c => c.KnownSize is not null) ? children.Sum(c => c.KnownSize) : null;

    /// <summary>Vulnerabilities by severity; null where the image was not matched against advisories.</summary>
    public SeverityCounts? Counts => Critical is null ? null : new SeverityCounts(Critical.Value, High ?? 0, Medium ?? 0, Low ?? 0, Unknown ?? 0);

    /// <summary>The ecosystems without advisory data, for a person; "" where all have.</summary>
    public string UnmatchedText => DisplayText.Sanitise(Unmatched.Replace(",", ", "), 200);

    internal static readonly Expression<Func<Image, ImageSummary>> Projection = i => new ImageSummary(
        i.Id, i.Digest, i.Kind, i.Platform, i.Size, i.PushedAt, i.State, i.StateReason, i.AnalysedAt, i.DeletedAt, i.Critical, i.High, i.Medium, i.Low, i.Unknown, i.Unmatched) { UntaggedAt = i.UntaggedAt, Accepted = i.Accepted };
}

/// <summary>Reads what belongs to a page of images in one query each.</summary>
internal static class ImageSummaries
{
    public static async Task<Dictionary<long, ImageSummary>> ByIdAsync(ScoutDb db, IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
        await db.Images.Where(i => ids.Contains(i.Id)).Select(ImageSummary.Projection).ToDictionaryAsync(i => i.Id, cancellationToken);

    /// <summary>The tags that point at each image now, newest first; of several pushed at once the most telling: the longest, <c>latest</c> last.</summary>
    public static async Task<ILookup<long, string>> TagsAsync(ScoutDb db, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        var rows = await (
            from image in db.Images
            where ids.Contains(image.Id)
            join tag in db.Tags on new { image.RepositoryId, image.Digest } equals new { tag.RepositoryId, tag.Digest }
            orderby tag.PushedAt descending, tag.Name == "latest", tag.Name.Length descending, tag.Name
            select new { image.Id, tag.Name }).ToListAsync(cancellationToken);
        return rows.ToLookup(r => r.Id, r => r.Name);
    }

    /// <summary>The images of each index, by platform.</summary>
    public static async Task<ILookup<long, ImageSummary>> ChildrenAsync(ScoutDb db, IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        var pairs = await db.IndexEntries.Where(e => ids.Contains(e.IndexId)).Select(e => new { e.IndexId, e.ImageId }).ToListAsync(cancellationToken);
        var images = await ByIdAsync(db, [.. pairs.Select(p => p.ImageId).Distinct()], cancellationToken);
        return pairs.Where(p => images.ContainsKey(p.ImageId)).OrderBy(p => images[p.ImageId].Platform, StringComparer.Ordinal)
            .ToLookup(p => p.IndexId, p => images[p.ImageId]);
    }
}
