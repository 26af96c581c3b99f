using Microsoft.EntityFrameworkCore;

namespace ScoutDashboard.Data;

/// <summary>Marks images whose counts of vulnerabilities no longer hold. Called in the transaction that changes what they count, so that no end of the process can part the two.</summary>
public static class CountMarks
{
    /// <summary>Marks these images and the indexes that hold one of them.</summary>
    public static Task AddAsync(ScoutDb db, IQueryable<long> imageIds, CancellationToken cancellationToken)
    {
        var all = imageIds.Union(db.IndexEntries.Where(e => imageIds.Contains(e.ImageId)).Select(e => e.IndexId));
        return db.Images.Where(i => all.Contains(i.Id)).ExecuteUpdateAsync(set => set.SetProperty(i => i.CountsDue, i => i.CountsDue + 1), cancellationToken);
    }
}
