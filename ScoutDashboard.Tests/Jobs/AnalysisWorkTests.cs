using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Analysis;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Repositories;
using static ScoutDashboard.Tests.Jobs.JobRig;
using static ScoutDashboard.Tests.Repositories.RegistryRig;

namespace ScoutDashboard.Tests.Jobs;

public sealed class AnalysisWorkTests
{
    [Fact]
    public async Task LatestIsTheTagThatMovedLastAndTheRestIsTheBaseline()
    {
        await using var rig = await RegistryRig.CreateAsync();
        rig.Registry["team/app"] = [Tag("v9", 9, minute: 9), Tag("v1", 1, minute: 1)];
        var job = await ClaimLatestAsync(rig);
        var hostname = await rig.Get<ScoutDashboard.Integrations.RegistryAccessProvider>().FindAsync(1, CancellationToken.None);
        var found = await rig.Get<LatestTag>().FindAsync(hostname!, job, CancellationToken.None);
        Assert.Equal(new FoundLatest(DigestOf(9), "v9", IsOurs: true), found);
        Assert.Equal(["v1", "v9"], (await rig.Jobs.TagsAsync()).Keys.Order());
        var stored = Assert.Single(await rig.Jobs.JobsAsync());
        Assert.Equal(("v9", DigestOf(9).Value), (stored.Tag, stored.Digest));
    }

    [Fact]
    public async Task RepositoryThatWasDisabledMeanwhileIsNotAnalysed()
    {
        await using var rig = await RegistryRig.CreateAsync();
        var job = await ClaimLatestAsync(rig);
        await using var db = rig.Jobs.Database.CreateDbContext();
        await db.Repositories.ExecuteUpdateAsync(set => set.SetProperty(r => r.Enabled, false));
        Assert.Equal(JobState.Cancelled, (await RunAsync(rig, job)).State);
    }

    [Fact]
    public async Task IntegrationThatWasRemovedMeanwhileCancelsTheJob()
    {
        await using var rig = await RegistryRig.CreateAsync();
        var job = await ClaimLatestAsync(rig);
        await using var db = rig.Jobs.Database.CreateDbContext();
        await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.RemovedAt, Start));
        var result = await RunAsync(rig, job);
        Assert.Equal(JobState.Cancelled, result.State);
        Assert.Contains("removed", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RepositoryWithoutTagsHasNothingToAnalyse()
    {
        await using var rig = await RegistryRig.CreateAsync();
        rig.Registry["team/app"] = [];
        Assert.Equal(JobResult.Cancelled("The repository has no images yet."), await RunAsync(rig, await ClaimLatestAsync(rig)));
    }

    [Fact]
    public async Task ManifestThatIsMissingFailsTheJobAndLeavesTheIntegrationConnected()
    {
        await using var rig = await RegistryRig.CreateAsync();
        await rig.Jobs.Queue.EnqueueAsync(rig.Jobs.RepositoryId, DigestOf(1), "v1", JobReason.Push, CancellationToken.None);
        var job = await rig.Jobs.Ledger.ClaimAsync(CancellationToken.None);
        var failure = await Assert.ThrowsAsync<RegistryException>(() => RunAsync(rig, job!));
        Assert.Equal(RegistryError.NotFound, failure.Error);
        Assert.Equal(IntegrationState.Connected, (await rig.IntegrationAsync()).State);
    }

    private static async Task<ClaimedJob> ClaimLatestAsync(RegistryRig rig)
    {
        await rig.Jobs.Queue.EnqueueAsync(rig.Jobs.RepositoryId, null, null, JobReason.Enabled, CancellationToken.None);
        return (await rig.Jobs.Ledger.ClaimAsync(CancellationToken.None))!;
    }

    private static Task<JobResult> RunAsync(RegistryRig rig, ClaimedJob job) => rig.Get<AnalysisWork>().RunAsync(job, new Progress<AnalysisProgress>(), CancellationToken.None);
}
