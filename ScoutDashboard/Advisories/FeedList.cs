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
        var known = feeds.Select(feed => feed.Description).ToDictionary(feed => feed.Key, StringComparer.Ordinal);
        var stale = clock.GetUtcNow().UtcDateTime - (StaleAfter * options.RefreshInterval);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var states = await db.Feeds.AsNoTracking().ToListAsync(cancellationToken);
        return new FeedsView(options.DisplaySource, options.RefreshInterval,
            [.. states.Select(state => new FeedRow(state, known.GetValueOrDefault(state.Key), state.LastSuccessAt < stale)).OrderBy(row => row.Title, StringComparer.OrdinalIgnoreCase)]);
    }
}

/// <summary>What the page of feeds shows.</summary>
public sealed record FeedsView(string Source, TimeSpan RefreshInterval, IReadOnlyList<FeedRow> Feeds);

/// <param name="Description">Null for a feed that this version no longer has.</param>
/// <param name="IsStale">Whether the last success is longer ago than three intervals.</param>
public sealed record FeedRow(FeedState State, FeedDescription? Description, bool IsStale)
{
    /// <summary>Whether it can be loaded now.</summary>
    public bool CanRun => Description is { Refusal: null };

    public string Title => Description?.Title ?? State.Key;
}
