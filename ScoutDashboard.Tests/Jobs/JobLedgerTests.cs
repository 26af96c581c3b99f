using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using static ScoutDashboard.Tests.Jobs.JobRig;

namespace ScoutDashboard.Tests.Jobs;

public sealed class JobLedgerTests
{
    [Fact]
    public async Task EightWorkersTakeEveryJobExactlyOnce()
    {
        await using var rig = await CreateAsync();
        for (var number = 0; number < 40; number++)
        {
            await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(number), null, JobReason.Push, CancellationToken.None);
        }

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DrainAsync(new JobLedger(rig.Database, new JobOptions(), rig.Clock))));
        Assert.Equal((await rig.JobsAsync()).Select(j => j.Id), taken.SelectMany(ids => ids).Order());
    }

    [Fact]
    public async Task AJobOfAClockThatWasAYearAheadIsNotWaitedForAYear()
    {
        await using var rig = await CreateAsync();
        var now = rig.Clock.GetUtcNow();
        rig.Clock.AdjustTime(now.AddYears(1));
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), null, JobReason.Push, CancellationToken.None);
        rig.Clock.AdjustTime(now);

        var job = await rig.Ledger.ClaimAsync(CancellationToken.None);
        Assert.Equal(DigestOf(1).Value, job?.Digest);
        await rig.Ledger.FinishAsync(job!, new JobResult(JobState.Queued, "Throttled.", RetryPolicy.LongestWait), CancellationToken.None);
        Assert.Null(await rig.Ledger.ClaimAsync(CancellationToken.None));
    }

    [Fact]
    public async Task JobsAreTakenOldestFirstAndNotBeforeTheirTime()
    {
        await using var rig = await CreateAsync();
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), null, JobReason.Push, CancellationToken.None);
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(2), null, JobReason.Push, CancellationToken.None);
        var first = (await rig.Ledger.ClaimAsync(CancellationToken.None))!;
        Assert.Equal((DigestOf(1).Value, 1), (first.Digest, first.Attempt));
        await rig.Ledger.FinishAsync(first, new JobResult(JobState.Queued, "Throttled.", TimeSpan.FromMinutes(1)), CancellationToken.None);

        Assert.Equal(DigestOf(2).Value, (await rig.Ledger.ClaimAsync(CancellationToken.None))!.Digest);
        Assert.Null(await rig.Ledger.ClaimAsync(CancellationToken.None));
        Assert.Equal(rig.Clock.GetUtcNow().UtcDateTime.AddMinutes(1), await rig.Ledger.NextDueAsync(CancellationToken.None));
        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, (await rig.Ledger.ClaimAsync(CancellationToken.None))!.Attempt);
    }

    [Fact]
    public async Task JobsOfAKilledProcessAreQueuedAgainButNotForEver()
    {
        await using var rig = await CreateAsync();
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), null, JobReason.Push, CancellationToken.None);
        for (var kill = 1; kill <= new JobOptions().MaxAttempts; kill++)
        {
            Assert.Equal(kill, (await rig.Ledger.ClaimAsync(CancellationToken.None))!.Attempt);
            Assert.Null(await rig.Ledger.ClaimAsync(CancellationToken.None));
            await rig.Ledger.RecoverAsync(CancellationToken.None);
        }

        var job = Assert.Single(await rig.JobsAsync());
        Assert.Equal((JobState.Failed, null), (job.State, job.ActiveKey));
        Assert.Contains("stopped during each of 6 attempts", job.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailedJobFailsItsImageAndAnIndexWhatOfItWaitsAndNoOther()
    {
        await using var rig = await CreateAsync();
        var index = await rig.AddImageAsync(DigestOf(1), ImageState.Pending, ImageKind.Index);
        var waits = await rig.AddImageAsync(DigestOf(2), ImageState.Analysing);
        var isDone = await rig.AddImageAsync(DigestOf(3));
        await rig.AddImageAsync(DigestOf(4), ImageState.Pending);
        await using (var db = rig.Database.CreateDbContext())
        {
            db.IndexEntries.AddRange(new IndexEntry { IndexId = index, ImageId = waits }, new IndexEntry { IndexId = index, ImageId = isDone });
            await db.SaveChangesAsync();
        }

        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), null, JobReason.Push, CancellationToken.None);
        await rig.Ledger.FinishAsync((await rig.Ledger.ClaimAsync(CancellationToken.None))!, new JobResult(JobState.Failed, "Cut."), CancellationToken.None);
        await using var after = rig.Database.CreateDbContext();
        Assert.Equal(
            [(ImageState.Failed, "Cut."), (ImageState.Failed, "Cut."), (ImageState.Analysed, null), (ImageState.Pending, null)],
            await after.Images.OrderBy(i => i.Digest).Select(i => new ValueTuple<ImageState, string?>(i.State, i.StateReason)).ToListAsync());
    }

    [Fact]
    public async Task LatestThatAnotherJobHasIsNotOurs()
    {
        await using var rig = await CreateAsync();
        await rig.Queue.EnqueueAsync(rig.RepositoryId, null, null, JobReason.Enabled, CancellationToken.None);
        var latest = (await rig.Ledger.ClaimAsync(CancellationToken.None))!;
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), "v1", JobReason.Push, CancellationToken.None);
        Assert.False(await rig.Ledger.ResolveAsync(latest, DigestOf(1), "v1", CancellationToken.None));
        Assert.True(await rig.Ledger.ResolveAsync(latest, DigestOf(2), "v2", CancellationToken.None));
        Assert.False(await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(2), "v2", JobReason.Push, CancellationToken.None));
    }

    private static async Task<List<long>> DrainAsync(JobLedger ledger)
    {
        var ids = new List<long>();
        while (await ledger.ClaimAsync(CancellationToken.None) is { } job)
        {
            ids.Add(job.Id);
        }

        return ids;
    }
}
