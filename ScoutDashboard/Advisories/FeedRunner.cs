using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>Runs one feed for one ecosystem and writes down how it went; a failure leaves the last good data in use.</summary>
public sealed class FeedRunner(IDbContextFactory<ScoutDb> databases, IAdvisoryFeed feed, AdvisoryImport import, AdvisoryClock times)
{
    public async Task RunAsync(string ecosystem, CancellationToken cancellationToken)
    {
        var tag = await BeginAsync(ecosystem, cancellationToken);
        try
        {
            using var archive = await feed.FetchAsync(ecosystem, tag, cancellationToken);
            var result = archive is null ? null : await import.ImportAsync(ecosystem, archive.Content, cancellationToken);
            await EndAsync(ecosystem, result, archive?.Tag, cancellationToken);
        }
        catch (FeedException exception)
        {
            await FailAsync(ecosystem, exception.Message, cancellationToken);
        }
        catch (Exception exception) when (exception is DbUpdateException or DbException)
        {
            await FailAsync(ecosystem, $"The advisories could not be stored: {exception.InnerException?.Message ?? exception.Message}", cancellationToken);
        }
    }

    /// <summary>Shows every needed feed, also one whose turn has not come, and says why one is not loaded.</summary>
    public async Task AnnounceAsync(IReadOnlyCollection<string> ecosystems, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = await db.Feeds.Where(f => ecosystems.Contains(f.Ecosystem)).ToDictionaryAsync(f => f.Ecosystem, cancellationToken);
        foreach (var ecosystem in ecosystems)
        {
            var refusal = times.Options.Refusal(ecosystem);
            if (!known.TryGetValue(ecosystem, out var state))
            {
                db.Feeds.Add(new FeedState { Ecosystem = ecosystem, LastError = refusal });
            }
            else if (refusal is not null)
            {
                (state.Status, state.LastError, state.NextRunAt) = (FeedStatus.Waiting, refusal, null);
            }
        }

        if (await db.SaveChangesAsync(cancellationToken) > 0)
        {
            times.Signal.RaiseChanged();
        }
    }

    /// <summary>Writes down that an attempt failed.</summary>
    /// <param name="reason">One sentence for a person.</param>
    public async Task FailAsync(string ecosystem, string reason, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var state = await db.Feeds.SingleAsync(f => f.Ecosystem == ecosystem, cancellationToken);
        // Half an import may have changed records: the archive is read again whole.
        (state.Status, state.LastError, state.NextRunAt, state.ETag) = (FeedStatus.Failing, reason, times.Now + times.Options.RetryInterval, null);
        await db.SaveChangesAsync(cancellationToken);
        times.Signal.RaiseChanged();
    }

    private async Task<string?> BeginAsync(string ecosystem, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var state = await db.Feeds.SingleOrDefaultAsync(f => f.Ecosystem == ecosystem, cancellationToken) ?? db.Feeds.Add(new FeedState { Ecosystem = ecosystem }).Entity;
        // Another source has other archives, whatever their tags.
        var tag = state.Source == times.Source ? state.ETag : null;
        (state.Status, state.Source, state.ETag, state.LastAttemptAt) = (FeedStatus.Loading, times.Source, tag, times.Now);
        await db.SaveChangesAsync(cancellationToken);
        times.Signal.RaiseChanged();
        return tag;
    }

    private async Task EndAsync(string ecosystem, ImportResult? result, string? tag, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var state = await db.Feeds.SingleAsync(f => f.Ecosystem == ecosystem, cancellationToken);
        if (result is not null)
        {
            (state.Records, state.Rejected, state.NewestModified, state.ETag) = (result.Records, result.Rejected, result.Newest, tag);
        }

        (state.Status, state.LastError, state.LastSuccessAt, state.NextRunAt) = (FeedStatus.Ready, null, times.Now, times.Now + times.Options.RefreshInterval);
        await db.SaveChangesAsync(cancellationToken);
        times.Signal.RaiseChanged();
    }
}
