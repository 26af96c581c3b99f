using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories;

/// <summary>Keeps the feeds that the inventory needs fresh: at start, daily, soon after a failure, and on demand.</summary>
public sealed class AdvisoryRefresher(IDbContextFactory<ScoutDb> databases, IEnumerable<IAdvisoryFeed> feeds, FeedRunner runner, AdvisorySignal signal, AdvisoryOptions options, TimeProvider clock, ILogger<AdvisoryRefresher> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, bool> _requested = new(StringComparer.Ordinal);

    /// <summary>A member has a feed read again now, whatever its next time; null means all.</summary>
    public async Task RequestRefreshAsync(Actor actor, string? feedKey, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        change.Note(AuditAction.FeedsRefreshed, feedKey ?? "All feeds");
        await change.CommitAsync(cancellationToken);
        Request(feedKey);
    }

    /// <summary>Runs every feed that is due, one after the other; tells when the next is.</summary>
    public async Task<DateTime?> RunDueAsync(CancellationToken cancellationToken)
    {
        var all = _requested.TryRemove("", out _);
        var needed = await NeededAsync(cancellationToken);
        await runner.AnnounceAsync([.. needed.Select(feed => feed.Description)], cancellationToken);
        var keys = needed.ConvertAll(feed => feed.Description.Key);
        var resting = await RestingAsync(keys, cancellationToken);
        foreach (var feed in needed.Where(feed => feed.Description.Refusal is null))
        {
            if (_requested.TryRemove(feed.Description.Key, out _) || all || !resting.Contains(feed.Description.Key))
            {
                await RunAsync(feed, cancellationToken);
            }
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Feeds.Where(f => keys.Contains(f.Key)).MinAsync(f => f.NextRunAt, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Request(null);
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = LongestPause;
            try
            {
                var next = await RunDueAsync(stoppingToken);
                pause = next is null ? pause : TimeSpan.FromTicks(Math.Clamp((next.Value - clock.GetUtcNow().UtcDateTime).Ticks, TimeSpan.TicksPerSecond, LongestPause.Ticks));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "Refreshing advisories failed; it is tried again in {Minutes} minutes.", LongestPause.TotalMinutes);
            }

            await signal.WaitAsync(pause, clock, stoppingToken);
        }
    }

    private void Request(string? feedKey)
    {
        _requested[feedKey ?? ""] = true;
        signal.Wake();
    }

    // One feed's surprise must not keep the others from their turn.
    private async Task RunAsync(IAdvisoryFeed feed, CancellationToken cancellationToken)
    {
        try
        {
            await runner.RunAsync(feed, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "The feed {Feed} could not be loaded.", feed.Description.Key);
            await runner.FailAsync(feed.Description, "Loading stopped unexpectedly; the reason is in the server's log.", position: null, cancellationToken);
        }
    }

    private async Task<List<IAdvisoryFeed>> NeededAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var needed = new List<IAdvisoryFeed>();
        foreach (var feed in feeds)
        {
            if (await feed.IsNeededAsync(db, cancellationToken))
            {
                needed.Add(feed);
            }
        }

        return needed;
    }

    // The feeds whose time has not come. One that was loading when the process ended is due at once; so is one whose time is later than any wait lasts, which a clock
    // wrote that was wrong and has been set back since.
    private async Task<HashSet<string>> RestingAsync(List<string> keys, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var latest = now + (options.RefreshInterval > options.RetryInterval ? options.RefreshInterval : options.RetryInterval);
        return await db.Feeds.Where(f => keys.Contains(f.Key) && f.Status != FeedStatus.Loading && f.Status != FeedStatus.Waiting && f.NextRunAt > now && f.NextRunAt <= latest)
            .Select(f => f.Key).ToHashSetAsync(cancellationToken);
    }
}
