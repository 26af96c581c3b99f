using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>Reads how the feeds stand.</summary>
public sealed class FeedList(IDbContextFactory<ScoutDb> databases, AdvisoryOptions options)
{
    /// <summary>The source as it may be shown, and every feed by name.</summary>
    public async Task<FeedsView> GetAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return new FeedsView(options.DisplaySource, options.RefreshInterval, await db.Feeds.AsNoTracking().OrderBy(f => f.Ecosystem).ToListAsync(cancellationToken));
    }
}

/// <summary>What the page of feeds shows.</summary>
public sealed record FeedsView(string Source, TimeSpan RefreshInterval, IReadOnlyList<FeedState> Feeds);
