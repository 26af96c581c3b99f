using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Exceptions;

/// <summary>Tells what an exception covers, taken as if it applied and there were no other. The database counts: no row of an image is read, however many there are.</summary>
internal static class ExceptionReaches
{
    /// <summary>Among all images that are still in their registry.</summary>
    public static async Task<ExceptionReach> OfAsync(ScoutDb db, ExceptionRule rule, CancellationToken cancellationToken)
    {
        var present = db.Images.Where(i => i.DeletedAt == null);
        var tips = db.Repositories.Where(r => r.Enabled && r.Integration!.RemovedAt == null && r.LatestImageId != null).Select(r => r.LatestImageId!.Value);
        var latest = tips.Union(db.IndexEntries.Where(e => tips.Contains(e.IndexId)).Select(e => e.ImageId));
        var all = await AmongAsync(db, rule, present, cancellationToken);
        return new ExceptionReach(all.Findings, all.Images, all.Images == 0 ? 0 : (await AmongAsync(db, rule, present.Where(i => latest.Contains(i.Id)), cancellationToken)).Images);
    }

    /// <summary>Among some images: findings, each a vulnerability in a package of an image, and the images that have one.</summary>
    public static async Task<(int Findings, int Images)> AmongAsync(ScoutDb db, ExceptionRule rule, IQueryable<Image> images, CancellationToken cancellationToken)
    {
        var findings = ExceptionMarks.Findings(db, rule.Names);
        if (rule.Package is { } package)
        {
            // As many as the vulnerability has packages.
            var found = await findings.Join(db.Components, f => f.ComponentId, c => c.Id, (_, c) => new { c.Id, c.Purl }).Distinct().ToListAsync(cancellationToken);
            var inScope = found.Where(component => PackageScope.Of(component.Purl) == package).Select(component => component.Id).ToList();
            findings = findings.Where(f => inScope.Contains(f.ComponentId));
        }

        var components = findings.Select(f => f.ComponentId);
        var ids = ExceptionMarks.InScope(images, rule).Select(i => i.Id);
        // A component that an image has at several places is found once.
        var held = (
            from component in db.InstalledComponents
            where components.Contains(component.ComponentId)
            join set in db.ImagePackageSets on component.PackageSetId equals set.PackageSetId
            where ids.Contains(set.ImageId)
            select new { component.ComponentId, set.ImageId }).Distinct();
        var counted = await held.Join(findings, h => h.ComponentId, f => f.ComponentId, (h, _) => h.ImageId).GroupBy(_ => 1)
            .Select(g => new { Findings = g.Count(), Images = g.Distinct().Count() }).SingleOrDefaultAsync(cancellationToken);
        return counted is null ? (0, 0) : (counted.Findings, counted.Images);
    }
}
