using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Retention;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Analysis.AnalyserRig;

namespace ScoutDashboard.Tests.Analysis;

/// <summary>What an index names is held by it however its analysis ended, so that retention does not take it for untagged.</summary>
public sealed class HeldImageTests : IAsyncLifetime
{
    private static readonly byte[] OtherLayer = new LayerTar().File("app/y.pkg", "right-pad@1.0").ToGzip();

    private AnalyserRig _rig = null!;

    public async Task InitializeAsync() => _rig = await AnalyserRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task WhatWasAnalysedBeforeTheRegistryFailedStays()
    {
        var (amd, arm) = (_rig.Registry.AddImage([BaseLayer]), _rig.Registry.AddImage([OtherLayer], "linux/arm64"));
        var index = await TaggedIndexAsync((amd, "linux/amd64"), (arm, "linux/arm64"));
        _rig.Registry.Broken[Digest.Of(OtherLayer).Value] = true;

        await Assert.ThrowsAsync<RegistryException>(() => _rig.AnalyseAsync(index, "v1"));

        Assert.Equal([$"{index} Pending", $"{amd} Analysed", $"{arm} Pending"], await AfterRetentionAsync());
    }

    // As after a new build of which one image is the same as before.
    [Fact]
    public async Task WhatWasAnalysedOfAnEarlierIndexStaysWhereTheNewOneFailsBeforeIt()
    {
        var (amd, arm) = (_rig.Registry.AddImage([OtherLayer]), _rig.Registry.AddImage([BaseLayer], "linux/arm64"));
        await _rig.AnalyseAsync(_rig.Registry.AddIndex((arm, "linux/arm64")), "v1");
        var index = await TaggedIndexAsync((amd, "linux/amd64"), (arm, "linux/arm64"));
        _rig.Registry.Broken[Digest.Of(OtherLayer).Value] = true;

        await Assert.ThrowsAsync<RegistryException>(() => _rig.AnalyseAsync(index, "v2"));

        Assert.Equal([$"{arm} Analysed", $"{index} Pending", $"{amd} Pending"], await AfterRetentionAsync());
    }

    [Fact]
    public async Task AnImageThatCantBeAnalysedStaysBesideThoseThatWere()
    {
        var amd = _rig.Registry.AddImage([BaseLayer]);
        var deep = _rig.Registry.AddIndex((_rig.Registry.AddIndex((amd, "linux/amd64")), "linux/amd64"));
        var index = await TaggedIndexAsync((amd, "linux/amd64"), (deep, "linux/arm64"));
        await using var services = _rig.Build(new ListExtractor(), new AnalysisLimits { IndexDepth = 1 });

        await _rig.AnalyseAsync(index, "v1", services);

        Assert.Equal([$"{index} Partial", $"{amd} Analysed", $"{deep} Failed"], await AfterRetentionAsync());
    }

    [Fact]
    public async Task WhatItNamesGoesWithAnIndexThatLostItsTag()
    {
        var (amd, arm) = (_rig.Registry.AddImage([BaseLayer]), _rig.Registry.AddImage([OtherLayer], "linux/arm64"));
        var index = await TaggedIndexAsync((amd, "linux/amd64"), (arm, "linux/arm64"));
        _rig.Registry.Broken[Digest.Of(OtherLayer).Value] = true;
        await Assert.ThrowsAsync<RegistryException>(() => _rig.AnalyseAsync(index, "v1"));
        await using var db = _rig.Database.CreateDbContext();
        await db.Tags.ExecuteDeleteAsync();

        Assert.Empty(await AfterRetentionAsync());
    }

    private async Task<string> TaggedIndexAsync(params (string Digest, string Platform)[] images)
    {
        var index = _rig.Registry.AddIndex(images);
        await using var db = _rig.Database.CreateDbContext();
        db.Tags.Add(new Tag { RepositoryId = _rig.RepositoryId, Name = "v1", Digest = index, PushedAt = DateTime.UnixEpoch });
        await db.SaveChangesAsync();
        return index;
    }

    // Each with its state, in the order in which they came. An index goes first: what it holds is taken by the run after.
    private async Task<IReadOnlyList<string>> AfterRetentionAsync()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var pace = new RetentionPace(TimeSpan.Zero);
        var marks = new UntaggedMarks(_rig.Database, pace, clock);
        var removal = new ImageRemoval(_rig.Database, new RetentionOptions(), pace, clock);
        for (var run = 0; run < 3; run++)
        {
            await marks.RefreshAsync(CancellationToken.None);
            await removal.RunAsync(CancellationToken.None);
            clock.Advance(TimeSpan.FromDays(30));
        }

        await using var db = _rig.Database.CreateDbContext();
        return [.. (await db.Images.OrderBy(i => i.Id).ToListAsync()).Select(i => $"{i.Digest} {i.State}")];
    }
}
