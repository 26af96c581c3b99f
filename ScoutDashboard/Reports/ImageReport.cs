using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>The Image page's head, layers and platforms.</summary>
public sealed class ImageReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    private const int MaxUnsupported = 100;

    /// <summary>The image, or null where the organization has none with this id.</summary>
    public async Task<ImageView?> FindAsync(int organizationId, long imageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Images.Where(i => i.Id == imageId && i.Repository!.Integration!.OrganizationId == organizationId)
            .Select(i => new
            {
                i.RepositoryId, Repository = i.Repository!.Name, Registry = i.Repository.Integration!.Hostname, i.Distribution, i.CreatedAt, i.Settings, i.Gaps, i.Packages, i.ConfigDigest,
            })
            .SingleOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            return null;
        }

        var ended = await (
            from component in FindingsReport.Components(db, db.InstalledComponents, organizationId, imageId, layer: null)
            from end in db.SupportEnds
            where component.EcosystemBase == end.EcosystemBase && component.AdvisoryName.StartsWith(end.NamePrefix) && component.AdvisoryVersion.StartsWith(end.Channel + ".")
            orderby end.Product, end.Channel, component.Name, component.Version
            select new UnsupportedPackage(end.Product, end.Channel, end.EndedOn, component.Id, component.Name, component.Version)).Take(MaxUnsupported).ToListAsync(cancellationToken);
        var indexes = await db.IndexEntries.Where(e => e.ImageId == imageId).Select(e => e.IndexId).ToListAsync(cancellationToken);
        List<long> family = [imageId, .. indexes];
        var images = await ImageSummaries.ByIdAsync(db, family, cancellationToken);
        var tags = await ImageSummaries.TagsAsync(db, family, cancellationToken);
        var children = await ImageSummaries.ChildrenAsync(db, family, cancellationToken);
        var newestIndex = indexes.Where(images.ContainsKey).OrderByDescending(id => images[id].PushedAt).FirstOrDefault();
        var image = images[imageId];
        var platforms = image.Kind == ImageKind.Index ? children[imageId] : newestIndex == 0 ? [] : children[newestIndex];
        return new ImageView(
            image, row.RepositoryId, row.Repository, row.Registry, [.. tags[imageId].Concat(tags[newestIndex]).Distinct()], row.Distribution, row.CreatedAt, row.ConfigDigest, row.Packages,
            ReportJson.Settings(row.Settings), ReportJson.Gaps(row.Gaps), [.. platforms], newestIndex == 0 ? null : newestIndex)
        {
            Unsupported = ended,
        };
    }

    /// <summary>The steps of the history, oldest first, each with the findings that its layer brought; counts are null where the image was not matched.</summary>
    public async Task<IReadOnlyList<LayerRow>> LayersAsync(int organizationId, long imageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var image = await db.Images.Where(i => i.Id == imageId && i.Repository!.Integration!.OrganizationId == organizationId)
            .Select(i => new { Matched = i.Critical != null }).SingleOrDefaultAsync(cancellationToken);
        if (image is null)
        {
            return [];
        }

        var steps = await db.ImageLayers.Where(l => l.ImageId == imageId).OrderBy(l => l.Ordinal)
            .Select(l => new { l.Ordinal, l.LayerIndex, l.BlobDigest, l.Size, l.CreatedBy }).ToListAsync(cancellationToken);
        var accepted = await AcceptedFindings.InImageAsync(db, organizationId, imageId, clock.GetUtcNow().UtcDateTime, cancellationToken);
        var severities = await (
            from set in db.ImagePackageSets
            where set.ImageId == imageId
            join component in db.InstalledComponents on set.PackageSetId equals component.PackageSetId
            join finding in db.Findings on component.ComponentId equals finding.ComponentId
            where finding.Verdict == Verdict.Affected && !accepted.Contains(finding.Id)
            group finding.Severity by new { set.LayerIndex, finding.VulnerabilityId } into found
            select new { found.Key.LayerIndex, Severity = found.Max() }).ToListAsync(cancellationToken);
        var packages = await (
            from set in db.ImagePackageSets
            where set.ImageId == imageId
            join component in db.InstalledComponents on set.PackageSetId equals component.PackageSetId
            group component.ComponentId by set.LayerIndex into found
            select new { LayerIndex = found.Key, Count = found.Distinct().Count() }).ToDictionaryAsync(l => l.LayerIndex, l => l.Count, cancellationToken);
        var byLayer = severities.ToLookup(s => s.LayerIndex, s => s.Severity);
        return [.. steps.Select(s => new LayerRow(
            s.Ordinal, s.LayerIndex, s.BlobDigest, s.Size, s.CreatedBy, s.LayerIndex is { } index ? packages.GetValueOrDefault(index) : 0,
            s.LayerIndex is { } layer && image.Matched ? SeverityCounts.Of(byLayer[layer]) : null))];
    }
}

/// <summary>An image as its page shows it.</summary>
/// <param name="Tags">Tags of the image and of its index, newest first.</param>
/// <param name="Distribution">As os-release calls it; null where there is none.</param>
/// <param name="Platforms">The images of the same index, this one among them; empty for an image outside an index.</param>
/// <param name="IndexId">The newest index that holds the image.</param>
public sealed record ImageView(
    ImageSummary Image, long RepositoryId, string Repository, string Registry, IReadOnlyList<string> Tags, string? Distribution, DateTime? CreatedAt, string? ConfigDigest, int Packages,
    ImageSettings? Settings, IReadOnlyList<ScanGap> Gaps, IReadOnlyList<ImageSummary> Platforms, long? IndexId)
{
    /// <summary>What no advisory tells of any more: of vulnerabilities found since, nothing is known.</summary>
    public IReadOnlyList<UnsupportedPackage> Unsupported { get; init; } = [];
}

/// <summary>An installed package of a channel whose support ended; EndedOn is null where nobody tells when.</summary>
public sealed record UnsupportedPackage(string Product, string Channel, DateTime? EndedOn, long ComponentId, string Name, string Version);

/// <summary>One step of the history. LayerIndex and BlobDigest are null for a step without a layer; Size is bytes on the wire.</summary>
public sealed record LayerRow(int Ordinal, int? LayerIndex, string? BlobDigest, long Size, string CreatedBy, int Packages, SeverityCounts? Counts);
