using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Webhook;

/// <summary>Finds repositories by their names. One that is not known yet is listed, not enabled: the list then shows that it exists, and the event is not lost on whoever enables it.</summary>
internal static class ListedRepositories
{
    /// <returns>The rows' ids by integration and name.</returns>
    public static async Task<IReadOnlyDictionary<(long IntegrationId, string Name), long>> FindAsync(
        ScoutDb db, IReadOnlyCollection<(long IntegrationId, string Name)> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(long IntegrationId, string Name), long>();
        foreach (var slice in KeySlice.Of(names))
        {
            var rows = db.Repositories.Where(r => slice.Owners.Contains(r.IntegrationId) && slice.Keys.Contains(r.Name)).Select(r => new { r.IntegrationId, r.Name, r.Id });
            foreach (var row in await rows.ToListAsync(cancellationToken))
            {
                found[(row.IntegrationId, row.Name)] = row.Id;
            }
        }

        List<Repository> added = [.. names.Distinct().Where(name => !found.ContainsKey(name)).Select(name => new Repository { IntegrationId = name.IntegrationId, Name = name.Name })];
        if (added.Count > 0)
        {
            db.Repositories.AddRange(added);
            await db.SaveChangesAsync(cancellationToken);
            db.ChangeTracker.Clear();
            added.ForEach(row => found[(row.IntegrationId, row.Name)] = row.Id);
        }

        return found;
    }
}
