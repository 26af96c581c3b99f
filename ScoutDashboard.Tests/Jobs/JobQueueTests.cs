using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using static ScoutDashboard.Tests.Jobs.JobRig;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Jobs;

public sealed class JobQueueTests
{
    [Fact]
    public async Task TwentyCallersAtOnceQueueOneJobForOneManifest()
    {
        await using var rig = await CreateAsync();
        var added = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), "v1", JobReason.Push, CancellationToken.None)));
        Assert.Single(added, isAdded => isAdded);
        Assert.Single(await rig.JobsAsync());
    }

    [Fact]
    public async Task OneUnitOfWorkAddsAManifestOnce()
    {
        await using var rig = await CreateAsync();
        await using var db = rig.Database.CreateDbContext();
        Assert.True(await rig.Queue.AddAsync(db, rig.RepositoryId, DigestOf(1), "v1", JobReason.Push, CancellationToken.None));
        Assert.False(await rig.Queue.AddAsync(db, rig.RepositoryId, DigestOf(1), "v2", JobReason.Push, CancellationToken.None));
        await db.SaveChangesAsync();
    }

    [Fact]
    public async Task SameManifestInAnotherRepositoryIsAnotherJob()
    {
        await using var rig = await CreateAsync();
        var other = await rig.Database.AddRepositoryAsync("team/other");
        Assert.True(await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), null, JobReason.Push, CancellationToken.None));
        Assert.True(await rig.Queue.EnqueueAsync(other, DigestOf(1), null, JobReason.Push, CancellationToken.None));
    }

    [Fact]
    public async Task ManifestCanBeQueuedAgainOnlyAfterItsJobEnded()
    {
        await using var rig = await CreateAsync();
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), null, JobReason.Push, CancellationToken.None);
        var job = await rig.Ledger.ClaimAsync(CancellationToken.None);
        Assert.False(await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), null, JobReason.Push, CancellationToken.None));
        await rig.Ledger.FinishAsync(job!, JobResult.Succeeded, CancellationToken.None);
        Assert.True(await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), null, JobReason.Push, CancellationToken.None));
    }

    [Fact]
    public async Task FailedJobIsTriedAgainAsAJobOfItsOwnUnlessRunningForeignOrDisabled()
    {
        await using var rig = await CreateAsync();
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), "v1", JobReason.Push, CancellationToken.None);
        var job = (await rig.Ledger.ClaimAsync(CancellationToken.None))!;
        Assert.Equal(TryAgainOutcome.NotFailed, await rig.Queue.TryAgainAsync(TestActor.Administrator, job.Id, CancellationToken.None));
        await rig.Ledger.FinishAsync(job, new JobResult(JobState.Failed, "Broken."), CancellationToken.None);

        Assert.Equal(TryAgainOutcome.NotFailed, await rig.Queue.TryAgainAsync(TestActor.Stranger, job.Id, CancellationToken.None));
        Assert.Equal(TryAgainOutcome.Queued, await rig.Queue.TryAgainAsync(TestActor.Administrator, job.Id, CancellationToken.None));
        Assert.Equal(TryAgainOutcome.AlreadyQueued, await rig.Queue.TryAgainAsync(TestActor.Administrator, job.Id, CancellationToken.None));
        var jobs = await rig.JobsAsync();
        Assert.Equal([(JobState.Failed, JobReason.Push), (JobState.Queued, JobReason.Manual)], jobs.Select(j => (j.State, j.Reason)));
        Assert.Equal(("v1", DigestOf(1).Value), (jobs[1].Tag, jobs[1].Digest));
    }
}
