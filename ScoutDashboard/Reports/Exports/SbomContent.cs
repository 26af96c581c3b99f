using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports.Exports;

/// <summary>What a software bill of materials tells, whatever its format.</summary>
/// <param name="AnalysedAt">UTC.</param>
public sealed record SbomContent(SbomSubject Subject, string? Distribution, DateTime AnalysedAt, IReadOnlyList<ScanGap> Gaps, IReadOnlyList<SbomComponent> Components)
{
    /// <summary>RFC 9562 version 8 (its bits are ours to choose): the same subject at the same analysis has the same number.</summary>
    public Guid SerialNumber
    {
        get
        {
            Span<byte> hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Subject.Name}@{Subject.Version} {AnalysedAt.Ticks}"));
            hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
            hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
            return new Guid(hash[..16], bigEndian: true);
        }
    }

    /// <summary>The gaps as one line each.</summary>
    public IEnumerable<string> GapLines => Gaps.Select(gap => gap.Path.Length == 0 ? $"{gap.Kind}: {gap.Reason}" : $"{gap.Kind}: {gap.Path}: {gap.Reason}");
}

/// <summary>A component with every place where it lies.</summary>
/// <param name="ListedOnly">Why it is no installed package; null for one that is.</param>
/// <param name="PartOf">The tool that brought it for itself, with its version.</param>
/// <param name="License">SPDX identifier; null where it is not known.</param>
public sealed record SbomComponent(string Purl, string Name, string Version, IReadOnlyList<SbomPlace> Places, ListedOnly? ListedOnly = null, string? PartOf = null, string? License = null);

/// <summary>A path, and the layer that brought it, if any; its index counts from 0 at the bottom.</summary>
public sealed record SbomPlace(string Path, int? LayerIndex, string? LayerDigest);

/// <summary>Reads the content of bills of materials.</summary>
public sealed class SbomReport(IDbContextFactory<ScoutDb> databases)
{
    /// <summary>The image's content, or null where the organization has no analysed image with this id: an index has none of its own.</summary>
    public async Task<SbomContent?> FindAsync(int organizationId, long imageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var image = await db.Images
            .Where(i => i.Id == imageId && i.Kind == ImageKind.Image && i.AnalysedAt != null && i.Repository!.Integration!.OrganizationId == organizationId)
            .Select(i => new { i.RepositoryId, i.Repository!.Name, i.Repository.Integration!.Hostname, i.Digest, i.Platform, i.Distribution, i.AnalysedAt, i.Gaps })
            .SingleOrDefaultAsync(cancellationToken);
        if (image is null)
        {
            return null;
        }

        var tag = await db.Tags.Where(t => t.RepositoryId == image.RepositoryId && t.Digest == image.Digest).OrderByDescending(t => t.PushedAt).Select(t => t.Name).FirstOrDefaultAsync(cancellationToken);
        var layers = await db.ImageLayers.Where(l => l.ImageId == imageId && l.LayerIndex != null).ToDictionaryAsync(l => l.LayerIndex!.Value, l => l.BlobDigest, cancellationToken);
        var rows = await (
            from set in db.ImagePackageSets
            where set.ImageId == imageId
            join held in db.PackageSetComponents on set.PackageSetId equals held.PackageSetId
            join component in db.Components on held.ComponentId equals component.Id
            orderby component.Purl, set.LayerIndex, held.Path
            select new { component.Purl, component.Name, component.Version, held.Path, set.LayerIndex, held.ListedOnly, held.PartOf }).ToListAsync(cancellationToken);
        return new SbomContent(
            SbomSubject.OfImage(image.Hostname, image.Name, tag, image.Digest, image.Platform), image.Distribution, image.AnalysedAt!.Value, ReportJson.Gaps(image.Gaps),
            [.. rows.GroupBy(r => (r.Purl, r.Name, r.Version)).Select(g => new SbomComponent(
                g.Key.Purl, g.Key.Name, g.Key.Version, [.. g.Select(r => new SbomPlace(r.Path, r.LayerIndex, layers.GetValueOrDefault(r.LayerIndex)))],
                g.Any(r => r.ListedOnly is null) ? null : g.First().ListedOnly, g.All(r => r.PartOf is not null) ? g.First().PartOf : null))]);
    }
}
