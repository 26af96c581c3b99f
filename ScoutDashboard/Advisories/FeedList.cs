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
        var feeds = await db.Feeds.AsNoTracking().ToListAsync(cancellationToken);
        return new FeedsView(options.DisplaySource, options.RefreshInterval, [.. feeds.OrderBy(f => f.Ecosystem, StringComparer.OrdinalIgnoreCase)]);
    }
}

/// <summary>What the page of feeds shows.</summary>
public sealed record FeedsView(string Source, TimeSpan RefreshInterval, IReadOnlyList<FeedState> Feeds);
