using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using ScoutDashboard.Registry;
using ScoutDashboard.Repositories;
using static ScoutDashboard.Tests.Jobs.JobRig;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Jobs;

public sealed class TagLedgerTests
{
    private const int Limit = 100;

    [Fact]
    public async Task FirstLookIsWrittenDownAndQueuesNothing()
    {
        await using var rig = await CreateAsync();
        Assert.Equal(0, await SyncAsync(rig, Listed("v2", 2, minute: 2), Listed("v1", 1, minute: 1)));
        Assert.Equal(["v1", "v2"], (await rig.TagsAsync()).Keys.Order());
        Assert.Empty(await rig.JobsAsync());
    }

    [Fact]
    public async Task NewAndMovedTagsAfterTheFirstLookArePushes()
    {
        await using var rig = await CreateAsync();
        await SyncAsync(rig, Listed("latest", 2, minute: 2), Listed("v1", 1, minute: 1));
        Assert.Equal(2, await SyncAsync(rig, Listed("latest", 4, minute: 9), Listed("v3", 3, minute: 8), Listed("v1", 1, minute: 1)));
        Assert.Equal([DigestOf(4).Value, DigestOf(3).Value], (await rig.JobsAsync()).Select(j => j.Digest));
        Assert.All(await rig.JobsAsync(), j => Assert.Equal(JobReason.Reconcile, j.Reason));
        Assert.Equal(0, await SyncAsync(rig, Listed("latest", 4, minute: 9), Listed("v3", 3, minute: 8), Listed("v1", 1, minute: 1)));
    }

    [Fact]
    public async Task OldTagThatSlidesIntoTheListingIsNoPush()
    {
        await using var rig = await CreateAsync();
        await SyncAsync(rig, limit: 2, Listed("v3", 3, minute: 3), Listed("v2", 2, minute: 2));
        Assert.Equal(0, await SyncAsync(rig, limit: 2, Listed("v2", 2, minute: 2), Listed("v1", 1, minute: 1)));
        Assert.Equal(["v1", "v2"], (await rig.TagsAsync()).Keys.Order());
        Assert.Empty(await rig.JobsAsync());
    }

    [Fact]
    public async Task RegistryWithoutTimesIsComparedByDigestAlone()
    {
        await using var rig = await CreateAsync();
        await SyncAsync(rig, new RegistryTag("v1", DigestOf(1), null));
        Assert.Equal(2, await SyncAsync(rig, new RegistryTag("v1", DigestOf(2), null), new RegistryTag("v3", DigestOf(3), null)));
        Assert.Equal(DigestOf(2), (await rig.TagsAsync())["v1"]);
    }

    [Fact]
    public async Task FirstTagOfARepositoryThatWasEmptyIsAPush()
    {
        await using var rig = await CreateAsync();
        await SyncAsync(rig);
        Assert.Equal(1, await SyncAsync(rig, Listed("v1", 1, minute: -60)));
    }

    [Fact]
    public async Task TagThatIsGoneIsForgottenButNotOneBeyondTheListing()
    {
        await using var rig = await CreateAsync();
        await SyncAsync(rig, limit: 3, Listed("v3", 3, minute: 30), Listed("v2", 2, minute: 20), Listed("v1", 1, minute: 10));
        await SyncAsync(rig, limit: 2, Listed("v4", 4, minute: 40), Listed("v2", 2, minute: 20));
        Assert.Equal(["v1", "v2", "v4"], (await rig.TagsAsync()).Keys.Order());
    }

    [Fact]
    public async Task EventThatArrivesDuringTheListingWins()
    {
        await using var rig = await CreateAsync();
        await SyncAsync(rig, Listed("latest", 1, minute: 1));
        var known = await rig.Tags.ReadAsync(rig.RepositoryId, CancellationToken.None);
        await rig.ApplyAsync(new Push(rig.RepositoryId, "latest", DigestOf(2), Start.AddMinutes(2), JobReason.Push));
        await rig.ApplyAsync(new Push(rig.RepositoryId, "new", DigestOf(3), Start.AddMinutes(2), JobReason.Push));

        await rig.Tags.ApplyAsync(rig.RepositoryId, known, [Listed("latest", 1, minute: 1)], Limit, CancellationToken.None);
        Assert.Equal(DigestOf(2), (await rig.TagsAsync())["latest"]);
        Assert.Equal(DigestOf(3), (await rig.TagsAsync())["new"]);
    }

    [Fact]
    public async Task ListingCorrectsATagWhoseEventCarriedALaterTime()
    {
        await using var rig = await CreateAsync();
        await SyncAsync(rig, Listed("latest", 1, minute: 1));
        await rig.ApplyAsync(new Push(rig.RepositoryId, "latest", DigestOf(2), Start.AddMinutes(4), JobReason.Push));
        Assert.Equal(1, await SyncAsync(rig, Listed("latest", 3, minute: 3)));
        Assert.Equal(DigestOf(3), (await rig.TagsAsync())["latest"]);
    }

    [Fact]
    public async Task EnablingAgainMakesANewBaseline()
    {
        await using var rig = await CreateAsync();
        var service = new RepositoryService(rig.Database, rig.Queue, rig.Clock);
        await SyncAsync(rig, Listed("v1", 1, minute: 1));
        await service.DisableAsync(TestActor.Administrator, [rig.RepositoryId], CancellationToken.None);
        Assert.Equal(0, await SyncAsync(rig, Listed("v2", 2, minute: 2)));
        await service.EnableAsync(TestActor.Administrator, [rig.RepositoryId], CancellationToken.None);
        Assert.Equal(0, await SyncAsync(rig, Listed("v2", 2, minute: 2), Listed("v1", 1, minute: 1)));
        Assert.Equal([null], (await rig.JobsAsync()).Select(j => j.Digest));
    }

    [Fact]
    public async Task ImageBelievedDeletedButListedExists()
    {
        await using var rig = await CreateAsync();
        await rig.AddImageAsync(DigestOf(1));
        await SyncAsync(rig, Listed("v1", 1, minute: 1));
        await rig.ApplyAsync(new Deletion(rig.RepositoryId, DigestOf(1), Start.AddMinutes(5)));
        await SyncAsync(rig, Listed("v1", 1, minute: 1));
        Assert.Null((await rig.ImageAsync(DigestOf(1)))!.DeletedAt);
        Assert.Equal(["v1"], (await rig.TagsAsync()).Keys);
    }

    private static RegistryTag Listed(string name, int number, int minute) => new(name, DigestOf(number), Start.AddMinutes(minute));

    private static Task<int> SyncAsync(JobRig rig, params RegistryTag[] listed) => SyncAsync(rig, Limit, listed);

    private static async Task<int> SyncAsync(JobRig rig, int limit, params RegistryTag[] listed) =>
        await rig.Tags.ApplyAsync(rig.RepositoryId, await rig.Tags.ReadAsync(rig.RepositoryId, CancellationToken.None), listed, limit, CancellationToken.None);
}
