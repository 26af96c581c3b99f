using System.Collections.Concurrent;
using ScoutDashboard.Analysis;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using ScoutDashboard.Registry;
using static ScoutDashboard.Tests.Jobs.JobRig;

namespace ScoutDashboard.Tests.Jobs;

public sealed class JobWorkerTests
{
    [Fact]
    public async Task TransientFaultIsTriedAgainWhenTheRegistryAllowsAndThenSucceeds()
    {
        await using var rig = await CreateAsync();
        var attempts = new ConcurrentQueue<DateTime>();
        using var worker = rig.Worker((_, _, _) =>
        {
            attempts.Enqueue(rig.Clock.GetUtcNow().UtcDateTime);
            return attempts.Count == 1
                ? throw new RegistryException(RegistryError.Throttled, "The registry is busy.") { RetryAfter = TimeSpan.FromMinutes(7) }
                : Task.FromResult(JobResult.Succeeded);
        });
        var waits = rig.NextAsync(p => p.State == JobState.Queued);
        var done = rig.NextAsync(p => p.State == JobState.Succeeded);
        await worker.StartAsync(CancellationToken.None);
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), "v1", JobReason.Push, CancellationToken.None);

        Assert.Equal("The registry is busy.", (await waits).Step);
        Assert.Equal(Start.AddMinutes(7), Assert.Single(await rig.JobsAsync()).NotBefore);
        rig.Clock.Advance(TimeSpan.FromMinutes(7));
        await done;
        await worker.StopAsync(CancellationToken.None);
        Assert.Equal([Start, Start.AddMinutes(7)], attempts);
        Assert.Equal((JobState.Succeeded, 2, null), (await rig.JobsAsync()).Select(j => (j.State, j.Attempts, j.Failure)).Single());
    }

    [Fact]
    public async Task ImageThatCannotBeAnalysedFailsAtOnceWithItsReason()
    {
        await using var rig = await CreateAsync();
        var job = await RunToEndAsync(rig, (_, _, _) => throw new AnalysisException("Layer 2 is encrypted."));
        Assert.Equal((JobState.Failed, 1, "Layer 2 is encrypted."), (job.State, job.Attempts, job.Failure));
        Assert.Equal(Start, job.FinishedAt);
    }

    [Fact]
    public async Task CancelledWorkKeepsItsReason()
    {
        await using var rig = await CreateAsync();
        var job = await RunToEndAsync(rig, (_, _, _) => Task.FromResult(JobResult.Cancelled("The integration was removed.")));
        Assert.Equal((JobState.Cancelled, "The integration was removed."), (job.State, job.Failure));
    }

    [Fact]
    public async Task StopGivesTheJobBackAndDoesNotCountTheAttempt()
    {
        await using var rig = await CreateAsync();
        using var worker = rig.Worker(async (_, _, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return JobResult.Succeeded;
        });
        var runs = rig.NextAsync(p => p.State == JobState.Running);
        await worker.StartAsync(CancellationToken.None);
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), "v1", JobReason.Push, CancellationToken.None);
        await runs;
        await worker.StopAsync(CancellationToken.None);
        Assert.Equal((JobState.Queued, 0), (await rig.JobsAsync()).Select(j => (j.State, j.Attempts)).Single());
        Assert.Empty(rig.Feed.Running);
    }

    [Fact]
    public async Task JobThatRanWhenTheProcessWasKilledRunsAgainAtStart()
    {
        await using var rig = await CreateAsync();
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), "v1", JobReason.Push, CancellationToken.None);
        await rig.Ledger.ClaimAsync(CancellationToken.None);

        using var worker = rig.Worker((_, _, _) => Task.FromResult(JobResult.Succeeded));
        var done = rig.NextAsync(p => p.State == JobState.Succeeded);
        await worker.StartAsync(CancellationToken.None);
        await done;
        await worker.StopAsync(CancellationToken.None);
        Assert.Equal((JobState.Succeeded, 2), (await rig.JobsAsync()).Select(j => (j.State, j.Attempts)).Single());
    }

    [Fact]
    public async Task TwoJobsRunAtOnceAndEachOnce()
    {
        await using var rig = await CreateAsync();
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), null, JobReason.Push, CancellationToken.None);
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(2), null, JobReason.Push, CancellationToken.None);
        var begun = new ConcurrentQueue<string?>();
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var worker = rig.Worker(async (job, _, _) =>
        {
            begun.Enqueue(job.Digest);
            if (begun.Count == 2)
            {
                both.SetResult();
            }

            await both.Task; // Ends only where the other has begun, too.
            return JobResult.Succeeded;
        });
        var ended = 0;
        var all = rig.NextAsync(p => p.State == JobState.Succeeded && Interlocked.Increment(ref ended) == 2);
        await worker.StartAsync(CancellationToken.None);
        await all;
        await worker.StopAsync(CancellationToken.None);
        Assert.Equal([DigestOf(1).Value, DigestOf(2).Value], begun.OrderBy(digest => digest == DigestOf(2).Value));
    }

    [Fact]
    public async Task ProgressOfTheAnalysisReachesTheFeedAsAFraction()
    {
        await using var rig = await CreateAsync();
        var seen = rig.NextAsync(p => p.Step == "Pulling");
        await RunToEndAsync(rig, (_, progress, _) =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            progress.Report(new AnalysisProgress("Pulling", 1, 4, 25, 100));
            return Task.FromResult(JobResult.Succeeded);
        });
        Assert.Equal(0.25, (await seen).Fraction);
    }

    private static async Task<AnalysisJob> RunToEndAsync(JobRig rig, JobWork work)
    {
        using var worker = rig.Worker(work);
        var ended = rig.NextAsync(p => p.State is not JobState.Running and not JobState.Queued);
        await worker.StartAsync(CancellationToken.None);
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), "v1", JobReason.Push, CancellationToken.None);
        await ended;
        await worker.StopAsync(CancellationToken.None);
        return Assert.Single(await rig.JobsAsync());
    }
}
