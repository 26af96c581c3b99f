using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>Runs one feed and writes down how it went; a failure leaves the last good data in use.</summary>
public sealed class FeedRunner(IDbContextFactory<ScoutDb> databases, AdvisoryImport import, AdvisoryClock times)
{
    public async Task RunAsync(IAdvisoryFeed feed, CancellationToken cancellationToken)
    {
        using var activity = ScoutTelemetry.Activities.StartActivity("feed refresh");
        activity?.SetTag("scout.feed", feed.Description.Key);
        var run = await BeginAsync(feed.Description, cancellationToken);
        try
        {
            var result = await feed.RunAsync(run, cancellationToken);
            await EndAsync(feed.Description, result, cancellationToken);
        }
        catch (FeedException exception)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            await FailAsync(feed.Description, exception.Message, exception.IsHalfStored ? null : exception.Position ?? run.Position, cancellationToken);
        }
        catch (Exception exception) when (exception is DbUpdateException or DbException)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            await FailAsync(feed.Description, $"The advisories could not be stored: {exception.InnerException?.Message ?? exception.Message}", position: null, cancellationToken);
        }
    }

    /// <summary>Shows every needed feed, also one whose turn has not come, and says why one is not loaded.</summary>
    public async Task AnnounceAsync(IReadOnlyCollection<FeedDescription> feeds, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var keys = feeds.Select(feed => feed.Key).ToList();
        var known = await db.Feeds.Where(f => keys.Contains(f.Key)).ToDictionaryAsync(f => f.Key, cancellationToken);
        foreach (var feed in feeds)
        {
            if (!known.TryGetValue(feed.Key, out var state))
            {
                state = db.Feeds.Add(new FeedState { Key = feed.Key }).Entity;
            }

            state.Covers = feed.Covers;
            if (feed.Refusal is not null)
            {
                (state.Status, state.LastError, state.NextRunAt) = (FeedStatus.Waiting, feed.Refusal, null);
            }
        }

        if (await db.SaveChangesAsync(cancellationToken) > 0)
        {
            times.Signal.RaiseChanged();
        }
    }

    /// <summary>Writes down that an attempt failed.</summary>
    /// <param name="feed">Which.</param>
    /// <param name="reason">One sentence for a person.</param>
    /// <param name="position">Where the next attempt may go on; null where it must read all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task FailAsync(FeedDescription feed, string reason, string? position, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var state = await db.Feeds.SingleAsync(f => f.Key == feed.Key, cancellationToken);
        (state.Status, state.LastError, state.NextRunAt, state.Position) = (FeedStatus.Failing, reason, times.Now + times.Options.RetryInterval, position);
        await db.SaveChangesAsync(cancellationToken);
        times.Signal.RaiseChanged();
    }

    private async Task<FeedRun> BeginAsync(FeedDescription feed, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var state = await db.Feeds.SingleOrDefaultAsync(f => f.Key == feed.Key, cancellationToken) ?? db.Feeds.Add(new FeedState { Key = feed.Key }).Entity;
        // Another source has other files, whatever their tags.
        var position = state.Source == feed.Source ? state.Position : null;
        (state.Status, state.Source, state.Covers, state.Position, state.LastAttemptAt) = (FeedStatus.Loading, feed.Source, feed.Covers, position, times.Now);
        await db.SaveChangesAsync(cancellationToken);
        times.Signal.RaiseChanged();
        return new FeedRun(position, import, databases) { Records = state.Records, Newest = state.NewestModified };
    }

    private async Task EndAsync(FeedDescription feed, FeedResult? result, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var state = await db.Feeds.SingleAsync(f => f.Key == feed.Key, cancellationToken);
        if (result is not null)
        {
            (state.Records, state.Rejected, state.NewestModified, state.Position) = (result.Records, result.Rejected, result.Newest, result.Position);
        }

        (state.Status, state.LastError, state.LastSuccessAt, state.NextRunAt) = (FeedStatus.Ready, null, times.Now, times.Now + times.Options.RefreshInterval);
        await db.SaveChangesAsync(cancellationToken);
        times.Signal.RaiseChanged();
    }
}
