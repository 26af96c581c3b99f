using System.Diagnostics;
using ScoutDashboard.Analysis;
using ScoutDashboard.Data;

namespace ScoutDashboard.Jobs;

/// <summary>Does the work of one job; throws where the attempt failed.</summary>
public delegate Task<JobResult> JobWork(ClaimedJob job, IProgress<AnalysisProgress> progress, CancellationToken cancellationToken);

/// <summary>Runs jobs, a few at a time, until the dashboard stops.</summary>
public sealed class JobWorker(JobQueue queue, JobLedger ledger, JobFeed feed, JobWork work, JobOptions options, TimeProvider clock, ILogger<JobWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Breather = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await InsistAsync(ledger.RecoverAsync, stoppingToken);
            await Task.WhenAll(Enumerable.Range(0, options.Workers).Select(_ => LoopAsync(stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogDebug("The job worker stopped.");
        }
    }

    private async Task LoopAsync(CancellationToken stopping)
    {
        while (true)
        {
            ClaimedJob? job = null;
            await InsistAsync(async token => job = await ledger.ClaimAsync(token), stopping);
            if (job is not null)
            {
                queue.Signal(); // Another loop may take the next one.
                await RunAsync(job, stopping);
                continue;
            }

            DateTime? due = null;
            await InsistAsync(async token => due = await ledger.NextDueAsync(token), stopping);
            await queue.WaitAsync(due, stopping);
        }
    }

    private async Task RunAsync(ClaimedJob job, CancellationToken stopping)
    {
        Publish(job, JobState.Running, "Starting", null);
        var started = clock.GetTimestamp();
        using var activity = ScoutTelemetry.Activities.StartActivity("analysis");
        JobResult result;
        try
        {
            result = await work(job, new FeedProgress(progress => Publish(job, JobState.Running, progress.Step, progress)), stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await ledger.ReleaseAsync(job, CancellationToken.None);
            Publish(job, JobState.Queued, "", null);
            throw;
        }
        catch (Exception exception)
        {
            result = RetryPolicy.Judge(exception, job.Attempt, options.MaxAttempts, Random.Shared.NextDouble());
            logger.LogWarning(exception, "Attempt {Attempt} at job {JobId} ({Repository}) failed: {Outcome}.", job.Attempt, job.Id, job.Repository, result.State);
        }

        activity?.SetTag("scout.job", job.Id).SetTag("scout.outcome", result.State.ToString())
            .SetStatus(result.State is JobState.Failed or JobState.Queued ? ActivityStatusCode.Error : ActivityStatusCode.Ok);
        ScoutTelemetry.AnalysisEnded(result.State, clock.GetElapsedTime(started));
        // Not cancelled by a stop: what is done need not be done again.
        await InsistAsync(_ => ledger.FinishAsync(job, result, CancellationToken.None), stopping);
        Publish(job, result.State, result.Reason ?? "", null);
    }

    // The database may be locked or its disk full for a while; a job's end must not get lost over that.
    private async Task InsistAsync(Func<CancellationToken, Task> step, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await step(stopping);
                return;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "The job table could not be read or written; trying again.");
                await Task.Delay(Breather, clock, stopping);
            }
        }
    }

    private void Publish(ClaimedJob job, JobState state, string step, AnalysisProgress? progress) => feed.Publish(
        new JobProgress(job.Id, job.RepositoryId, job.Repository, state, step, progress is null ? null : FractionOf(progress), progress?.BytesDone ?? 0, progress?.BytesTotal ?? 0));

    private static double? FractionOf(AnalysisProgress progress) =>
        progress.BytesTotal > 0 ? Math.Clamp((double)progress.BytesDone / progress.BytesTotal, 0, 1)
        : progress.LayersTotal > 0 ? Math.Clamp((double)progress.LayersDone / progress.LayersTotal, 0, 1) : null;

    // Progress<T> would post to the thread pool and lose the order.
    private sealed class FeedProgress(Action<AnalysisProgress> report) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => report(value);
    }
}
