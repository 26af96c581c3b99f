using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Reports.Exports;

/// <summary>Finds an image by what a build knows of it: registry, repository, and digest or tag.</summary>
public sealed class ImageFinder(IDbContextFactory<ScoutDb> databases)
{
    /// <summary>The image or the index, or null where the organization has none by these names.</summary>
    public async Task<FoundImage?> FindAsync(int organizationId, ImageQuery query, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var repository = await db.Repositories.Where(r => r.Name == query.Repository && r.Integration!.Hostname == query.Registry && r.Integration.OrganizationId == organizationId)
            // A registry that was removed and added again is there twice.
            .OrderByDescending(r => r.Integration!.ActiveHostname != null).ThenByDescending(r => r.Id).Select(r => (long?)r.Id).FirstOrDefaultAsync(cancellationToken);
        var digest = query.Digest ?? await db.Tags.Where(t => t.RepositoryId == repository && t.Name == query.Tag).Select(t => t.Digest).FirstOrDefaultAsync(cancellationToken);
        var image = await db.Images.Where(i => i.RepositoryId == repository && i.Digest == digest).Select(ImageSummary.Projection).FirstOrDefaultAsync(cancellationToken);
        if (image is null)
        {
            return null;
        }

        var children = await ImageSummaries.ChildrenAsync(db, [image.Id], cancellationToken);
        return FoundImage.Of(query, image, [.. children[image.Id].Select(child => FoundImage.Of(query, child, []))]);
    }
}

/// <summary>What is asked: one of digest and tag is set.</summary>
public sealed record ImageQuery(string Registry, string Repository, string? Digest, string? Tag)
{
    // OCI distribution-spec, "Pulling manifests": a tag has at most 128 characters.
    private const int MaxName = 255;
    private const int MaxTag = 128;

    /// <summary>Null, with a sentence for whoever asked, where something is missing or can't be a name.</summary>
    public static ImageQuery? TryParse(string? registry, string? repository, string? digest, string? tag, out string? error)
    {
        error = registry is not { Length: > 0 and <= MaxName } ? "Name the registry: registry=contoso.azurecr.io."
            : repository is not { Length: > 0 and <= MaxName } ? "Name the repository: repository=team/app."
            : digest is null == tag is null ? "Name the image by one of digest=sha256:… and tag=…."
            : digest is not null && !Images.Digest.TryParse(digest, out _) ? "The digest is none: digest=sha256: and 64 hexadecimal digits."
            : tag is { Length: 0 or > MaxTag } ? "The tag is none." : null;
        return error is null ? new ImageQuery(registry!.ToLowerInvariant(), repository!, digest, tag) : null;
    }
}

/// <summary>An image as a program is told of it. Addresses are paths of the dashboard.</summary>
/// <param name="Kind"><c>image</c>, <c>index</c> or <c>artifact</c>.</param>
/// <param name="State">How far its analysis has come.</param>
/// <param name="Sbom">Null while it is not analysed; an index has none of its own.</param>
/// <param name="Findings">Null while it is not matched: what is not known is not empty.</param>
/// <param name="Platforms">The images of an index.</param>
public sealed record FoundImage(
    long Id, string Registry, string Repository, string Digest, ImageKind Kind, string? Platform, ImageState State, DateTime? AnalysedAt, DateTime? DeletedAt, string Page,
    SbomAddresses? Sbom, string? Findings, IReadOnlyList<FoundImage> Platforms)
{
    internal static FoundImage Of(ImageQuery query, ImageSummary image, IReadOnlyList<FoundImage> platforms) => new(
        image.Id, query.Registry, query.Repository, image.Digest, image.Kind, image.Platform, image.State, image.AnalysedAt, image.DeletedAt, $"/images/{image.Id}",
        image.Kind == ImageKind.Image && image.AnalysedAt is not null ? new SbomAddresses($"/images/{image.Id}/sbom.cdx.json", $"/images/{image.Id}/sbom.spdx.json") : null,
        image.Counts is null ? null : $"/images/{image.Id}/findings.csv", platforms);
}

/// <summary>Where the bill of materials is, in either format.</summary>
public sealed record SbomAddresses(string CycloneDx, string Spdx);
