using ScoutDashboard.Integrations;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Data;
using ScoutDashboard.Repositories;
using static ScoutDashboard.Tests.Jobs.JobRig;
using static ScoutDashboard.Tests.Repositories.RegistryRig;

namespace ScoutDashboard.Tests.Repositories;

public sealed class ReconcilerTests
{
    [Fact]
    public async Task PushThatNoEventToldOfIsFoundAndOldTagsAreNot()
    {
        await using var rig = await RegistryRig.CreateAsync();
        rig.Registry["team/app"] = [Tag("v2", 2, minute: 2), Tag("v1", 1, minute: 1)];
        await ReconcileAsync(rig);
        Assert.Empty(await rig.Jobs.JobsAsync());
        Assert.Equal(Start, (await rig.IntegrationAsync()).LastReconcileAt);

        rig.Registry["team/app"].Insert(0, Tag("v3", 3, minute: 3));
        await ReconcileAsync(rig);
        var job = Assert.Single(await rig.Jobs.JobsAsync());
        Assert.Equal((JobReason.Reconcile, "v3", DigestOf(3).Value), (job.Reason, job.Tag, job.Digest));
    }

    [Fact]
    public async Task DeletedRepositoryHasItsImagesMarkedAndTheOthersGoOn()
    {
        await using var rig = await RegistryRig.CreateAsync();
        await rig.Jobs.Database.AddRepositoryAsync("team/zeta");
        await rig.Jobs.AddImageAsync(DigestOf(1));
        (rig.Registry["team/app"], rig.Registry["team/zeta"]) = ([Tag("v1", 1, minute: 1)], []);
        await ReconcileAsync(rig);
        rig.Registry.TryRemove("team/app", out _);
        rig.Registry["team/zeta"].Add(Tag("v9", 9, minute: 9));
        await ReconcileAsync(rig);

        Assert.Equal(Start, (await rig.Jobs.ImageAsync(DigestOf(1)))!.DeletedAt);
        Assert.Null((await rig.Jobs.RepositoryAsync()).LatestImageId);
        Assert.Equal(DigestOf(9).Value, Assert.Single(await rig.Jobs.JobsAsync()).Digest);
    }

    [Fact]
    public async Task RepositoryThatIsRefusedDoesNotStopTheOthers()
    {
        await using var rig = await RegistryRig.CreateAsync();
        await rig.Jobs.Database.AddRepositoryAsync("team/zeta");
        (rig.Registry["team/app"], rig.Registry["team/zeta"]) = ([], []);
        await ReconcileAsync(rig);
        rig.Faults["team/app"] = HttpStatusCode.Forbidden;
        rig.Registry["team/zeta"].Add(Tag("v9", 9, minute: 9));
        await ReconcileAsync(rig);
        Assert.Single(await rig.Jobs.JobsAsync());
        Assert.Equal(IntegrationState.Connected, (await rig.IntegrationAsync()).State);
    }

    [Fact]
    public async Task RegistryThatRefusesEverythingIsAnErrorUntilItAnswersAgain()
    {
        await using var rig = await RegistryRig.CreateAsync();
        rig.Registry["team/app"] = [];
        rig.Faults["team/app"] = HttpStatusCode.Forbidden;
        await ReconcileAsync(rig);
        var failing = await rig.IntegrationAsync();
        Assert.Equal((IntegrationState.Error, null), (failing.State, failing.LastReconcileAt));
        Assert.NotNull(failing.StateReason);
        Assert.Equal([1L], await rig.Get<Reconciler>().ListIntegrationsAsync(CancellationToken.None));

        rig.Faults.Clear();
        await ReconcileAsync(rig);
        Assert.Equal(IntegrationState.Connected, (await rig.IntegrationAsync()).State);
    }

    [Fact]
    public async Task WorkerLooksAfterStartAndAgainEachInterval()
    {
        await using var rig = await RegistryRig.CreateAsync();
        rig.Registry["team/app"] = [Tag("v1", 1, minute: 1)];
        await ReconcileAsync(rig);
        rig.Registry["team/app"].Insert(0, Tag("v2", 2, minute: 2));
        var queued = new SemaphoreSlim(0);
        using var subscription = rig.Get<ScoutDashboard.Jobs.JobFeed>().SubscribeToQueue(() => queued.Release());
        using var worker = new ReconcileWorker(rig.Get<Reconciler>(), new ReconcileOptions(TimeSpan.FromMinutes(15)), rig.Jobs.Clock, NullLogger<ReconcileWorker>.Instance);
        await worker.StartAsync(CancellationToken.None);
        Assert.True(await queued.WaitAsync(TimeSpan.FromSeconds(60)));
        rig.Registry["team/app"].Insert(0, Tag("v3", 3, minute: 3));
        rig.Jobs.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.True(await queued.WaitAsync(TimeSpan.FromSeconds(60)));
        await worker.StopAsync(CancellationToken.None);
        Assert.Equal(TaskStatus.RanToCompletion, worker.ExecuteTask!.Status);
        Assert.Equal(["v2", "v3"], (await rig.Jobs.JobsAsync()).Select(j => j.Tag));
    }

    [Fact]
    public async Task RemovedIntegrationIsLeftAlone()
    {
        await using var rig = await RegistryRig.CreateAsync();
        await using (var db = rig.Jobs.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.RemovedAt, Start));
        }

        Assert.Empty(await rig.Get<Reconciler>().ListIntegrationsAsync(CancellationToken.None));
        await ReconcileAsync(rig);
        Assert.Null((await rig.IntegrationAsync()).LastReconcileAt);
    }

    private static Task ReconcileAsync(RegistryRig rig) => rig.Get<Reconciler>().ReconcileAsync(1, CancellationToken.None);
}
