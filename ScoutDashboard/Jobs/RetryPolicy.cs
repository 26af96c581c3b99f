using System.Data.Common;
using ScoutDashboard.Analysis;
using ScoutDashboard.Data;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Jobs;

/// <summary>Judges a failed attempt: what time may heal is tried again, exponentially later; the rest has failed.</summary>
public static class RetryPolicy
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(6);

    /// <summary>No attempt is put off for longer.</summary>
    public static TimeSpan LongestWait => LongestAsked;

    /// <param name="exception">What ended the attempt.</param>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    /// <param name="maxAttempts">The last attempt that there may be.</param>
    /// <param name="jitter">0 to 1; spreads jobs that failed together.</param>
    public static JobResult Judge(Exception exception, int attempt, int maxAttempts, double jitter)
    {
        var reason = ReasonOf(exception);
        var mayHeal = exception is not AnalysisException and not RegistryException { IsTransient: false };
        if (!mayHeal || attempt >= maxAttempts)
        {
            return new JobResult(JobState.Failed, reason);
        }

        return new JobResult(JobState.Queued, reason, DelayAfter(attempt, jitter, (exception as RegistryException)?.RetryAfter));
    }

    /// <summary>10 s, 20 s, 40 s … up to 30 min, three quarters to five quarters of it; never sooner than the registry asks, up to 6 h.</summary>
    public static TimeSpan DelayAfter(int attempt, double jitter, TimeSpan? asked)
    {
        var doubled = TimeSpan.FromTicks(First.Ticks << Math.Clamp(attempt - 1, 0, 20));
        var delay = (doubled < Longest ? doubled : Longest) * (0.75 + (jitter / 2));
        var wanted = asked > LongestAsked ? LongestAsked : asked ?? TimeSpan.Zero;
        return wanted > delay ? wanted : delay;
    }

    private static string ReasonOf(Exception exception) => exception switch
    {
        AnalysisException or RegistryException => exception.Message,
        IOException or HttpRequestException => "The connection to the registry broke.",
        TimeoutException or OperationCanceledException => "The registry took too long to answer.",
        DbException or Microsoft.EntityFrameworkCore.DbUpdateException => "The dashboard's database could not be written.",
        _ => "The dashboard made an error of its own; its log says which.",
    };
}
