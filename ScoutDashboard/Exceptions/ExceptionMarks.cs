using ScoutDashboard.Data;

namespace ScoutDashboard.Exceptions;

/// <summary>Marks the images whose counts an exception may change, see <see cref="CountMarks"/>; in the transaction that changes the exception.</summary>
internal static class ExceptionMarks
{
    public static Task AddAsync(ScoutDb db, ExceptionRule rule, CancellationToken cancellationToken) => CountMarks.AddAsync(db, Holders(db, rule).Select(i => i.Id), cancellationToken);

    /// <summary>The images of the exception's scope that hold a component with its vulnerability, in whatever package.</summary>
    public static IQueryable<Image> Holders(ScoutDb db, ExceptionRule rule)
    {
        // Components first, then sets: asking per image would take seconds.
        var components = Findings(db, rule.Names).Select(f => f.ComponentId);
        var sets = db.InstalledComponents.Where(p => components.Contains(p.ComponentId)).Select(p => p.PackageSetId);
        var holders = db.ImagePackageSets.Where(s => sets.Contains(s.PackageSetId)).Select(s => s.ImageId);
        return InScope(db.Images.Where(i => holders.Contains(i.Id)), rule);
    }

    /// <summary>The findings of a vulnerability by any of its names.</summary>
    public static IQueryable<Finding> Findings(ScoutDb db, IReadOnlyCollection<string> names)
    {
        var ids = db.Findings.Where(f => names.Contains(f.VulnerabilityId)).Select(f => f.Id).Union(db.FindingCves.Where(c => names.Contains(c.Cve)).Select(c => c.FindingId));
        return db.Findings.Where(f => ids.Contains(f.Id));
    }

    /// <summary>Those of some images that are in the exception's scope.</summary>
    public static IQueryable<Image> InScope(IQueryable<Image> images, ExceptionRule rule)
    {
        images = images.Where(i => i.Repository!.Integration!.OrganizationId == rule.OrganizationId);
        images = rule.Repository is null ? images : images.Where(i => i.Repository!.Name == rule.Repository && i.Repository.Integration!.Hostname == rule.Registry);
        return rule.Digest is null ? images : images.Where(i => i.Digest == rule.Digest);
    }
}
