using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>Reads how the feeds stand.</summary>
public sealed class FeedList(IDbContextFactory<ScoutDb> databases, IEnumerable<IAdvisoryFeed> feeds, AdvisoryOptions options, TimeProvider clock)
{
    private const int StaleAfter = 3;

    /// <summary>The source as it may be shown, and every feed that is or was loaded, by name.</summary>
    public async Task<FeedsView> GetAsync(CancellationToken cancellationToken)
    {
        var known = feeds.ToDictionary(feed => feed.Description.Key, StringComparer.Ordinal);
        var stale = clock.GetUtcNow().UtcDateTime - (StaleAfter * options.RefreshInterval);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var states = await db.Feeds.AsNoTracking().ToListAsync(cancellationToken);
        var rows = new List<FeedRow>();
        foreach (var state in states)
        {
            var isNeeded = known.TryGetValue(state.Key, out var feed) && await feed.IsNeededAsync(db, cancellationToken);
            rows.Add(new FeedRow(state, feed?.Description, isNeeded, isNeeded && state.LastSuccessAt < stale));
        }

        return new FeedsView(options.DisplaySource, options.RefreshInterval, [.. rows.OrderBy(row => row.Title, StringComparer.OrdinalIgnoreCase)]);
    }
}

/// <summary>What the page of feeds shows.</summary>
public sealed record FeedsView(string Source, TimeSpan RefreshInterval, IReadOnlyList<FeedRow> Feeds);

/// <param name="Description">Null for a feed that this version no longer has.</param>
/// <param name="IsNeeded">Whether anything installed is told about; else it rests, and what was loaded grows old.</param>
/// <param name="IsStale">Whether it is needed and the last success is longer ago than three intervals.</param>
public sealed record FeedRow(FeedState State, FeedDescription? Description, bool IsNeeded, bool IsStale)
{
    /// <summary>Whether it can be loaded now.</summary>
    public bool CanRun => IsNeeded && Description is { Refusal: null };

    public string Title => Description?.Title ?? State.Key;
}
