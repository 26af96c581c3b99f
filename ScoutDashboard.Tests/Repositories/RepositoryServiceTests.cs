using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Repositories;
using static ScoutDashboard.Tests.Jobs.JobRig;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Repositories;

public sealed class RepositoryServiceTests
{
    [Fact]
    public async Task EnablingQueuesTheLatestImageOnceAndRemembersWhen()
    {
        await using var rig = await CreateAsync();
        var service = new RepositoryService(rig.Database, rig.Queue, rig.Clock);
        var off = await rig.Database.AddRepositoryAsync("team/off", enabled: false);
        Assert.Equal(1, await service.EnableAsync(TestActor.Administrator, [off, rig.RepositoryId], CancellationToken.None));
        Assert.Equal(0, await service.EnableAsync(TestActor.Administrator, [off], CancellationToken.None));
        var job = Assert.Single(await rig.JobsAsync());
        Assert.Equal((off, null, JobReason.Enabled), (job.RepositoryId, job.Digest, job.Reason));
        var page = await service.ListAsync(new RepositoryFilter(1, null, null, Enabled: true), 0, 50, CancellationToken.None);
        Assert.Equal((2, 2), (page.Total, page.Enabled));
        Assert.Equal(JobState.Queued, page.Rows.Single(r => r.Id == off).Job?.State);
    }

    [Fact]
    public async Task DisablingCancelsWhatIsQueuedAndKeepsResults()
    {
        await using var rig = await CreateAsync();
        var service = new RepositoryService(rig.Database, rig.Queue, rig.Clock);
        await rig.AddImageAsync(DigestOf(9));
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(1), null, JobReason.Push, CancellationToken.None);
        await rig.Ledger.ClaimAsync(CancellationToken.None);
        await rig.Queue.EnqueueAsync(rig.RepositoryId, DigestOf(2), null, JobReason.Push, CancellationToken.None);

        Assert.Equal(1, await service.DisableAsync(TestActor.Administrator, [rig.RepositoryId], CancellationToken.None));
        Assert.Equal([JobState.Running, JobState.Cancelled], (await rig.JobsAsync()).Select(j => j.State));
        Assert.NotNull(await rig.ImageAsync(DigestOf(9)));
        await service.EnableAsync(TestActor.Administrator, [rig.RepositoryId], CancellationToken.None);
        Assert.Equal(3, (await rig.JobsAsync()).Count);
    }

    [Fact]
    public async Task ForeignAndRemovedRegistriesCannotBeEnabled()
    {
        await using var rig = await CreateAsync();
        var service = new RepositoryService(rig.Database, rig.Queue, rig.Clock);
        var off = await rig.Database.AddRepositoryAsync("team/off", enabled: false);
        Assert.Equal(0, await service.EnableAsync(TestActor.Stranger, [off], CancellationToken.None));
        await using (var db = rig.Database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.RemovedAt, Start));
        }

        Assert.Equal(0, await service.EnableAsync(TestActor.Administrator, [off], CancellationToken.None));
        Assert.Empty(await rig.JobsAsync());
    }

    [Fact]
    public async Task ThousandsAreEnabledTogether()
    {
        await using var rig = await CreateAsync();
        var service = new RepositoryService(rig.Database, rig.Queue, rig.Clock);
        await using (var db = rig.Database.CreateDbContext())
        {
            db.Repositories.AddRange(Enumerable.Range(0, 3000).Select(number => new Repository { IntegrationId = 1, Name = $"many/{number}" }));
            await db.SaveChangesAsync();
        }

        var ids = await service.ListIdsAsync(new RepositoryFilter(1, 1, "many/", Enabled: false), CancellationToken.None);
        Assert.Equal(3000, await service.EnableAsync(TestActor.Administrator, ids, CancellationToken.None));
        Assert.Equal(3000, (await rig.JobsAsync()).Count);
    }
}
