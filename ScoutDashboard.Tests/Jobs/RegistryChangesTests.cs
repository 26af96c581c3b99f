using ScoutDashboard.Data;
using ScoutDashboard.Jobs;
using static ScoutDashboard.Tests.Jobs.JobRig;

namespace ScoutDashboard.Tests.Jobs;

public sealed class RegistryChangesTests
{
    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(3, 2, 1)]
    [InlineData(2, 3, 1)]
    [InlineData(2, 3, 2)]
    public async Task TagEndsAtItsNewestPushInWhateverOrderTheyArrive(params int[] order)
    {
        await using var rig = await CreateAsync();
        foreach (var number in order)
        {
            await PushAsync(rig, "latest", number, minute: number);
        }

        var expected = order.Max();
        Assert.Equal(DigestOf(expected), (await rig.TagsAsync())["latest"]);
        Assert.Equal(Start.AddMinutes(expected), (await rig.RepositoryAsync()).LastPushedAt);
        Assert.Equal(order.Distinct().Order(), (await rig.JobsAsync()).Select(j => Enumerable.Range(1, 3).Single(n => DigestOf(n).Value == j.Digest)).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ImagePushedAndThenDeletedIsDeletedInEitherOrder(bool isDeletionFirst)
    {
        await using var rig = await CreateAsync();
        await rig.AddImageAsync(DigestOf(1));
        if (isDeletionFirst)
        {
            Assert.Equal(ChangeOutcome.Deleted, await DeleteAsync(rig, 1, minute: 5));
            Assert.Equal(ChangeOutcome.DeletedSince, await PushAsync(rig, "v1", 1, minute: 3));
        }
        else
        {
            await PushAsync(rig, "v1", 1, minute: 3);
            Assert.Equal(ChangeOutcome.Deleted, await DeleteAsync(rig, 1, minute: 5));
        }

        Assert.Empty(await rig.TagsAsync());
        Assert.Equal(Start.AddMinutes(5), (await rig.ImageAsync(DigestOf(1)))!.DeletedAt);
        Assert.DoesNotContain(await rig.JobsAsync(), j => j.State == JobState.Queued);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ImageDeletedAndThenPushedAgainExistsInEitherOrder(bool isPushFirst)
    {
        await using var rig = await CreateAsync();
        await rig.AddImageAsync(DigestOf(1));
        if (isPushFirst)
        {
            await PushAsync(rig, "v1", 1, minute: 5);
            Assert.Equal(ChangeOutcome.PushedSince, await DeleteAsync(rig, 1, minute: 3));
        }
        else
        {
            Assert.Equal(ChangeOutcome.Deleted, await DeleteAsync(rig, 1, minute: 3));
            await PushAsync(rig, "v1", 1, minute: 5);
        }

        Assert.Equal(DigestOf(1), (await rig.TagsAsync())["v1"]);
        Assert.Null((await rig.ImageAsync(DigestOf(1)))!.DeletedAt);
    }

    [Fact]
    public async Task RepositoryThatIsNotEnabledOnlyRemembersThatItWasPushedTo()
    {
        await using var rig = await CreateAsync();
        var disabled = await rig.Database.AddRepositoryAsync("team/off", enabled: false);
        var outcome = await rig.ApplyAsync(new Push(disabled, "v1", DigestOf(1), Start, JobReason.Push));
        Assert.Equal(ChangeOutcome.RepositoryDisabled, outcome);
        Assert.Empty(await rig.TagsAsync());
        Assert.Empty(await rig.JobsAsync());
    }

    [Fact]
    public async Task TagThatMovesBackToAnAnalysedImageMakesItTheLatestWithoutAnalysingItAgain()
    {
        await using var rig = await CreateAsync();
        var first = await rig.AddImageAsync(DigestOf(1));
        var second = await rig.AddImageAsync(DigestOf(2));
        Assert.Equal(ChangeOutcome.AlreadyAnalysed, await PushAsync(rig, "latest", 1, minute: 1));
        Assert.Equal(ChangeOutcome.AlreadyAnalysed, await PushAsync(rig, "latest", 2, minute: 2));
        Assert.Equal(second, (await rig.RepositoryAsync()).LatestImageId);
        await PushAsync(rig, "latest", 1, minute: 3);
        Assert.Equal(first, (await rig.RepositoryAsync()).LatestImageId);
        Assert.Empty(await rig.JobsAsync());
    }

    [Fact]
    public async Task ImageWhoseAnalysisFailedIsTriedAgainByANewPush()
    {
        await using var rig = await CreateAsync();
        await rig.AddImageAsync(DigestOf(1), ImageState.Failed);
        Assert.Equal(ChangeOutcome.Queued, await PushAsync(rig, "v1", 1, minute: 1));
    }

    [Fact]
    public async Task SignatureIsNeverTheLatestImage()
    {
        await using var rig = await CreateAsync();
        var image = await rig.AddImageAsync(DigestOf(1));
        await rig.AddImageAsync(DigestOf(2), ImageState.Skipped, ImageKind.Artifact);
        await PushAsync(rig, "v1", 1, minute: 1);
        await PushAsync(rig, "sha256-abc.sig", 2, minute: 2);
        Assert.Equal(image, (await rig.RepositoryAsync()).LatestImageId);
    }

    [Fact]
    public async Task DeletingTheLatestImageMakesTheOneBeforeTheLatest()
    {
        await using var rig = await CreateAsync();
        var first = await rig.AddImageAsync(DigestOf(1));
        await rig.AddImageAsync(DigestOf(2));
        await PushAsync(rig, "v1", 1, minute: 1);
        await PushAsync(rig, "v2", 2, minute: 2);
        await DeleteAsync(rig, 2, minute: 3);
        Assert.Equal(first, (await rig.RepositoryAsync()).LatestImageId);
    }

    private static Task<ChangeOutcome> PushAsync(JobRig rig, string tag, int number, int minute) =>
        rig.ApplyAsync(new Push(rig.RepositoryId, tag, DigestOf(number), Start.AddMinutes(minute), JobReason.Push));

    private static Task<ChangeOutcome> DeleteAsync(JobRig rig, int number, int minute) =>
        rig.ApplyAsync(new Deletion(rig.RepositoryId, DigestOf(number), Start.AddMinutes(minute)));
}
