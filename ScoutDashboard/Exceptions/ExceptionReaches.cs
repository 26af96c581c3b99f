using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Exceptions;

/// <summary>Tells what exceptions cover.</summary>
internal static class ExceptionReaches
{
    /// <summary>Of one that may not be stored, taken as if nothing else applied; among images that are still in their registry.</summary>
    public static async Task<ExceptionReach> OfAsync(ScoutDb db, ExceptionRule rule, CancellationToken cancellationToken)
    {
        var names = rule.Names;
        var judge = new ExceptionSet([rule], DateTime.UnixEpoch);
        var found = (await ExceptionMarks.Findings(db, names).Join(db.Components, f => f.ComponentId, c => c.Id, (f, c) => new { f.ComponentId, c.Purl }).ToListAsync(cancellationToken)).ToLookup(f => f.ComponentId, f => f.Purl);
        var componentIds = found.Select(component => component.Key).ToList();
        var images = ExceptionMarks.Holders(db, rule).Where(i => i.DeletedAt == null);
        var tips = db.Repositories.Where(r => r.Enabled && r.Integration!.RemovedAt == null && r.LatestImageId != null).Select(r => r.LatestImageId!.Value);
        var holders = await (
            from held in db.InstalledComponents
            where componentIds.Contains(held.ComponentId)
            join set in db.ImagePackageSets on held.PackageSetId equals set.PackageSetId
            join image in images on set.ImageId equals image.Id
            select new
            {
                held.ComponentId, image.Id, Place = new ImagePlace(image.Repository!.Integration!.Hostname, image.Repository.Name, image.Digest),
                IsLatest = tips.Contains(image.Id) || db.IndexEntries.Any(e => e.ImageId == image.Id && tips.Contains(e.IndexId)),
            }).Distinct().ToListAsync(cancellationToken);
        var covered = holders.SelectMany(holder => found[holder.ComponentId].Where(purl => judge.Find(new ExceptionSubject(names, purl, holder.Place)) is not null).Select(_ => holder)).ToList();
        var all = covered.DistinctBy(holder => holder.Id).ToList();
        return new ExceptionReach(covered.Count, all.Count, all.Count(holder => holder.IsLatest));
    }
}
