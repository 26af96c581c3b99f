using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;

namespace ScoutDashboard.Reports;

/// <summary>
/// Which findings exceptions cover, for lists that ask the database for the rest. The evaluator is asked for the few findings whose vulnerability an exception names, so that a
/// list stays one query that leaves out, or asks for, these ids.
/// </summary>
internal static class AcceptedFindings
{
    /// <summary>Ids of the findings that are accepted in this image.</summary>
    public static async Task<IReadOnlyList<long>> InImageAsync(ScoutDb db, int organizationId, long imageId, DateTime now, CancellationToken cancellationToken)
    {
        var exceptions = await ExceptionReader.InForceAsync(db, organizationId, now, cancellationToken);
        if (exceptions.IsEmpty || await PlaceAsync(db, imageId, cancellationToken) is not { } place)
        {
            return [];
        }

        var found = await NamedAsync(db, FindingsReport.Components(db, db.InstalledComponents, organizationId, imageId, layer: null), exceptions, cancellationToken);
        return [.. found.Where(f => exceptions.Find(new ExceptionSubject(f.Names, f.Purl, place)) is not null).Select(f => f.Id)];
    }

    /// <summary>Ids of the findings that are accepted in every latest image that has them.</summary>
    public static async Task<IReadOnlyList<long>> InLatestAsync(ScoutDb db, int organizationId, DateTime now, CancellationToken cancellationToken)
    {
        var exceptions = await ExceptionReader.InForceAsync(db, organizationId, now, cancellationToken);
        if (exceptions.IsEmpty)
        {
            return [];
        }

        var found = await NamedAsync(db, db.Components, exceptions, cancellationToken);
        // In an image that no exception names, only what is for all images applies.
        var everywhere = found.Where(f => exceptions.Find(new ExceptionSubject(f.Names, f.Purl, default)) is not null).ToList();
        var open = found.Except(everywhere).ToList();
        return [.. everywhere.Select(f => f.Id), .. open.Count == 0 ? [] : await OfPlacesAsync(db, organizationId, open, exceptions, cancellationToken)];
    }

    /// <summary>The vulnerabilities that are accepted in some components, by the ids of the findings that exceptions cover there.</summary>
    public static async Task<IReadOnlyCollection<string>> VulnerabilitiesAsync(ScoutDb db, IQueryable<Component> components, IReadOnlyList<long> covered, CancellationToken cancellationToken)
    {
        if (covered.Count == 0)
        {
            return [];
        }

        var named = db.Findings.Where(f => covered.Contains(f.Id)).Select(f => f.VulnerabilityId);
        var found = await db.Findings.Where(f => named.Contains(f.VulnerabilityId)).Join(components, f => f.ComponentId, c => c.Id, (f, _) => new { f.Id, f.VulnerabilityId }).ToListAsync(cancellationToken);
        var ids = covered.ToHashSet();
        return Acceptance.Of(found.Select(f => (f.VulnerabilityId, ids.Contains(f.Id))));
    }

    /// <summary>The image as exceptions name it; null where there is none.</summary>
    public static async Task<ImagePlace?> PlaceAsync(ScoutDb db, long imageId, CancellationToken cancellationToken) =>
        await db.Images.Where(i => i.Id == imageId).Select(i => (ImagePlace?)new ImagePlace(i.Repository!.Integration!.Hostname, i.Repository.Name, i.Digest)).SingleOrDefaultAsync(cancellationToken);

    // Those in images of the repositories that an exception is for; one that lies elsewhere too is not accepted there, however many images that are.
    private static async Task<IEnumerable<long>> OfPlacesAsync(ScoutDb db, int organizationId, List<NamedFinding> found, ExceptionSet exceptions, CancellationToken cancellationToken)
    {
        var names = exceptions.Repositories;
        var candidates = await db.Repositories.Where(r => r.Integration!.OrganizationId == organizationId && names.Select(n => n.Repository).Contains(r.Name)).Select(r => new { r.Id, r.Name, r.Integration!.Hostname }).ToListAsync(cancellationToken);
        var repositories = candidates.Where(r => names.Contains((r.Hostname, r.Name))).Select(r => r.Id).ToList();
        var componentIds = found.Select(f => f.ComponentId).Distinct().ToList();
        var latest = LatestImages.Ids(db, organizationId);
        // By sets, each once: a base that all images share is held by as many.
        var outside = db.ImagePackageSets.Where(s => latest.Contains(s.ImageId) && !db.Images.Any(i => i.Id == s.ImageId && repositories.Contains(i.RepositoryId))).Select(s => s.PackageSetId).Distinct();
        var elsewhere = await db.InstalledComponents.Where(c => componentIds.Contains(c.ComponentId) && outside.Contains(c.PackageSetId)).Select(c => c.ComponentId).Distinct().ToListAsync(cancellationToken);
        var inside = componentIds.Except(elsewhere).ToList();
        var held =
            from component in db.InstalledComponents
            where inside.Contains(component.ComponentId)
            join set in db.ImagePackageSets on component.PackageSetId equals set.PackageSetId
            where latest.Contains(set.ImageId)
            join image in db.Images on set.ImageId equals image.Id
            select new { component.ComponentId, Place = new ImagePlace(image.Repository!.Integration!.Hostname, image.Repository.Name, image.Digest) };
        var places = (await held.Distinct().ToListAsync(cancellationToken)).ToLookup(h => h.ComponentId, h => h.Place);
        return found.Where(f => places[f.ComponentId].Any() && places[f.ComponentId].All(place => exceptions.Find(new ExceptionSubject(f.Names, f.Purl, place)) is not null)).Select(f => f.Id);
    }

    /// <summary>The findings in some components whose vulnerability an exception of these names, wherever they are.</summary>
    public static async Task<List<NamedFinding>> NamedAsync(ScoutDb db, IQueryable<Component> components, ExceptionSet exceptions, CancellationToken cancellationToken)
    {
        var names = exceptions.Names;
        var named = db.Findings.Where(f => names.Contains(f.VulnerabilityId)).Select(f => f.Id).Union(db.FindingCves.Where(c => names.Contains(c.Cve)).Select(c => c.FindingId));
        var rows = await db.Findings.Where(f => named.Contains(f.Id)).Join(components, f => f.ComponentId, c => c.Id, (f, c) => new { f.Id, f.ComponentId, f.VulnerabilityId, c.Purl }).ToListAsync(cancellationToken);
        var others = await OtherCves.ReadAsync(db, [.. rows.Select(r => r.Id)], cancellationToken);
        return rows.ConvertAll(r => new NamedFinding(r.Id, r.ComponentId, r.Purl, [r.VulnerabilityId, .. others[r.Id]]));
    }
}

/// <summary>A finding by all its CVEs, with its component.</summary>
internal sealed record NamedFinding(long Id, long ComponentId, string Purl, IReadOnlyCollection<string> Names);
