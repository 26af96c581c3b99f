using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Advisories;

/// <summary>Keeps the advisories of the ecosystems that the inventory needs fresh: at start, daily, soon after a failure, and on demand.</summary>
public sealed class AdvisoryRefresher(IDbContextFactory<ScoutDb> databases, FeedRunner runner, AdvisoryOptions options, AdvisorySignal signal, TimeProvider clock, ILogger<AdvisoryRefresher> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, bool> _requested = new(StringComparer.Ordinal);

    /// <summary>Has a feed read again now, whatever its next time; null means all.</summary>
    public void RequestRefresh(string? ecosystem)
    {
        _requested[ecosystem ?? ""] = true;
        signal.Wake();
    }

    /// <summary>Runs every feed that is due, one after the other; tells when the next is.</summary>
    public async Task<DateTime?> RunDueAsync(CancellationToken cancellationToken)
    {
        var all = _requested.TryRemove("", out _);
        var needed = await NeededAsync(cancellationToken);
        await runner.AnnounceAsync(needed, cancellationToken);
        var resting = await RestingAsync(needed, cancellationToken);
        foreach (var ecosystem in needed.Where(name => options.Refusal(name) is null))
        {
            if (_requested.TryRemove(ecosystem, out _) || all || !resting.Contains(ecosystem))
            {
                await RunAsync(ecosystem, cancellationToken);
            }
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Feeds.Where(f => needed.Contains(f.Ecosystem)).MinAsync(f => f.NextRunAt, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        RequestRefresh(null);
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

    // One feed's surprise must not keep the others from their turn.
    private async Task RunAsync(string ecosystem, CancellationToken cancellationToken)
    {
        try
        {
            await runner.RunAsync(ecosystem, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "The advisories of {Ecosystem} could not be loaded.", ecosystem);
            await runner.FailAsync(ecosystem, "Loading stopped unexpectedly; the reason is in the server's log.", cancellationToken);
        }
    }

    private async Task<List<string>> NeededAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Components.Where(c => c.EcosystemBase != "").Select(c => c.EcosystemBase).Distinct().OrderBy(name => name).ToListAsync(cancellationToken);
    }

    // The feeds whose time has not come. One that was loading when the process ended is due at once.
    private async Task<HashSet<string>> RestingAsync(IReadOnlyCollection<string> ecosystems, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        return await db.Feeds.Where(f => ecosystems.Contains(f.Ecosystem) && f.Status != FeedStatus.Loading && f.Status != FeedStatus.Waiting && f.NextRunAt > now)
            .Select(f => f.Ecosystem).ToHashSetAsync(cancellationToken);
    }
}
