using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>
/// Finds an image's base, anew at each question: it may be analysed after the image. The image's own word comes first, then the longest stack of layers that
/// is an image of the organization and a proper part of this one, from the bottom. Images of other repositories are preferred whatever their length: builds
/// of one repository share layers without being built on each other.
/// </summary>
public sealed class BaseImageReport(IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>Null for an image that the organization does not have or that was not analysed.</summary>
    public async Task<BaseImage?> FindAsync(int organizationId, long imageId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var ours = db.Images.Where(i => i.Repository!.Integration!.OrganizationId == organizationId);
        var image = await ours.Where(i => i.Id == imageId && i.AnalysedAt != null && i.Kind == ImageKind.Image)
            .Select(i => new { i.RepositoryId, i.Platform, i.Settings, Matched = i.Critical != null }).SingleOrDefaultAsync(cancellationToken);
        if (image is null)
        {
            return null;
        }

        var steps = await db.ImageLayers.Where(l => l.ImageId == imageId).OrderBy(l => l.Ordinal).Select(l => new Step(l.LayerIndex, l.BlobDigest)).ToListAsync(cancellationToken);
        List<string> below = [.. LayerChains.Of(steps.Select(s => s.BlobDigest).OfType<string>()).SkipLast(1)];
        var longest = await LongestAsync(ours, below, image.RepositoryId, cancellationToken);
        var declared = DeclaredBase.Of(ReportJson.Settings(image.Settings));
        if (longest is not null && declared?.IsInheritedFrom(ReportJson.Settings(longest.Settings)) == true)
        {
            declared = null;
        }

        // What was attested comes last, and is not inherited: it names this very image.
        declared ??= DeclaredBase.Of(await db.ImageAttestations.Where(a => a.ImageId == imageId)
            .Select(a => new ImageAttestations { Content = "", BaseName = a.BaseName, BaseDigest = a.BaseDigest }).SingleOrDefaultAsync(cancellationToken));
        var (meant, repository) = declared is null ? default : await ResolveAsync(db, ours.Where(i => i.Id != imageId), declared, image.Platform, cancellationToken);
        var fitting = meant?.LayerChain is { } chain && below.Contains(chain) ? meant
            : repository is { } id ? await LongestAsync(ours.Where(i => i.RepositoryId == id), below, image.RepositoryId, cancellationToken) : null;
        var accepted = await AcceptedFindings.InImageAsync(db, organizationId, imageId, clock.GetUtcNow().UtcDateTime, cancellationToken);
        var known = (fitting ?? longest) is { } row
            ? await DescribeAsync(db, new Question(imageId, steps, below, image.Matched) { Accepted = accepted }, row, fitting is not null, declared?.Place()?.Tag, cancellationToken) : null;
        return new BaseImage(declared is null ? null : declared with { ImageId = meant?.Id }, known);
    }

    // The image that is meant, and the repository that is named: its tag may have moved since, and what it pointed at may still be there.
    private static async Task<(BaseRow? Image, long? Repository)> ResolveAsync(
        ScoutDb db, IQueryable<Image> others, DeclaredBase declared, string? platform, CancellationToken cancellationToken)
    {
        long? repository = null;
        List<string> digests = declared.Digest is null ? [] : [declared.Digest];
        if (declared.Place() is { } place)
        {
            repository = await others.Where(i => i.Repository!.Name == place.Repository && i.Repository.Integration!.Hostname == place.Host)
                .OrderBy(i => i.Repository!.Integration!.RemovedAt != null).Select(i => (long?)i.RepositoryId).FirstOrDefaultAsync(cancellationToken);
            if (digests.Count == 0)
            {
                digests = await db.Tags.Where(t => t.RepositoryId == repository && t.Name == place.Tag).Select(t => t.Digest).ToListAsync(cancellationToken);
                others = others.Where(i => i.RepositoryId == repository);
            }
        }

        return (digests.Count == 0 ? null : await BaseRow.PickAsync(BaseRow.ByDigest(db, others, digests, platform), cancellationToken), repository);
    }

    private static async Task<BaseRow?> LongestAsync(IQueryable<Image> ours, List<string> below, long repositoryId, CancellationToken cancellationToken)
    {
        var stacks = ours.Where(i => i.LayerChain != null && below.Contains(i.LayerChain));
        var found = await stacks.Select(i => new { i.LayerChain, IsSame = i.RepositoryId == repositoryId }).Distinct().ToListAsync(cancellationToken);
        return found.OrderBy(f => f.IsSame).ThenByDescending(f => below.IndexOf(f.LayerChain!)).FirstOrDefault() is { } best
            ? await BaseRow.PickAsync(stacks.Where(i => i.LayerChain == best.LayerChain && (i.RepositoryId == repositoryId) == best.IsSame), cancellationToken) : null;
    }

    private static async Task<KnownBase> DescribeAsync(ScoutDb db, Question asked, BaseRow known, bool isDeclared, string? declaredTag, CancellationToken cancellationToken)
    {
        var layers = asked.Below.IndexOf(known.LayerChain!) + 1;
        var (tag, newer) = await BaseTags.ReadAsync(db, known, isDeclared ? declaredTag : null, cancellationToken);
        return new KnownBase(
            known.Id, known.Registry, known.Repository, tag, known.Digest, known.DeletedAt is not null, layers, await StepsAsync(db, known, layers, asked.Steps, cancellationToken), isDeclared,
            asked.IsMatched ? await SidesAsync(db, asked.ImageId, layers, asked.Accepted, cancellationToken) : null, newer);
    }

    // The base's history is the lower part of the image's, unless either was rewritten: then it ends with its last layer.
    private static async Task<int> StepsAsync(ScoutDb db, BaseRow known, int layers, List<Step> steps, CancellationToken cancellationToken)
    {
        var count = await db.ImageLayers.CountAsync(l => l.ImageId == known.Id, cancellationToken);
        return steps.Take(count).Count(s => s.LayerIndex is not null) == layers ? Math.Min(count, steps.Count) : steps.FindIndex(s => s.LayerIndex == layers - 1) + 1;
    }

    private static async Task<SeverityCountsBySide> SidesAsync(ScoutDb db, long imageId, int layers, IReadOnlyList<long> accepted, CancellationToken cancellationToken)
    {
        var found = await (
            from set in db.ImagePackageSets
            where set.ImageId == imageId
            join component in db.InstalledComponents on set.PackageSetId equals component.PackageSetId
            join finding in db.Findings on component.ComponentId equals finding.ComponentId
            where finding.Verdict == Verdict.Affected && !accepted.Contains(finding.Id)
            group new { finding.Severity, set.LayerIndex } by finding.VulnerabilityId into same
            select new { Severity = same.Max(f => f.Severity), Lowest = same.Min(f => f.LayerIndex) }).ToListAsync(cancellationToken);
        var sides = found.ToLookup(f => f.Lowest < layers, f => f.Severity);
        return new SeverityCountsBySide(SeverityCounts.Of(sides[true]), SeverityCounts.Of(sides[false]));
    }

    private sealed record Step(int? LayerIndex, string? BlobDigest);

    /// <param name="Below">The chains of all lower parts of its layers, shortest first.</param>
    private sealed record Question(long ImageId, List<Step> Steps, List<string> Below, bool IsMatched)
    {
        /// <summary>Ids of the findings that exceptions cover in it.</summary>
        public IReadOnlyList<long> Accepted { get; init; } = [];
    }
}
