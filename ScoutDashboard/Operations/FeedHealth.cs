using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;

namespace ScoutDashboard.Operations;

/// <summary>Never worse than degraded: without feeds the dashboard works on, with what it knows.</summary>
public sealed class FeedHealth(FeedList feeds) : IHealthCheck
{
    // Counts only: which feeds there are tells what images hold, and anybody may ask.
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var needed = (await feeds.GetAsync(cancellationToken)).Feeds.Where(feed => feed.IsNeeded).ToList();
            var failing = needed.Count(feed => feed.State.Status == FeedStatus.Failing);
            var stale = needed.Count(feed => feed.IsStale);
            var never = needed.Count(feed => feed.State is { Status: FeedStatus.Failing, LastSuccessAt: null });
            return failing + stale == 0 ? HealthCheckResult.Healthy($"{needed.Count} advisory feeds are needed; none fails.")
                : HealthCheckResult.Degraded($"Of {needed.Count} advisory feeds {failing} fail and {stale} are out of date; {(never == 0 ? "what was loaded before stays in use" : $"{never} of them never loaded")}.");
        }
        catch (DbException exception)
        {
            return HealthCheckResult.Degraded("The state of the advisory feeds can't be read; the server's log says why.", exception);
        }
    }
}
