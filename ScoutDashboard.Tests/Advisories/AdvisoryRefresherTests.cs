using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories;

public sealed class AdvisoryRefresherTests
{
    [Fact]
    public async Task OnlyTheEcosystemsThatTheInventoryHasAreLoaded()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("PyPI", "b", "PYSEC-1", "1.0");
        await rig.AddComponentAsync("npm", "a");
        await rig.AddComponentAsync("", "mystery");

        var next = await rig.Refresher.RunDueAsync(CancellationToken.None);

        await using var db = rig.Database.CreateDbContext();
        var feed = await db.Feeds.SingleAsync();
        Assert.Equal(("npm", FeedStatus.Ready, 1, 0), (feed.Key, feed.Status, feed.Records, feed.Rejected));
        Assert.Equal((AdvisoryRig.Start, AdvisoryRig.Start.AddDays(1), (string?)null), (feed.LastSuccessAt, feed.NextRunAt, feed.LastError));
        Assert.Equal(AdvisoryRig.Start.AddDays(1), next);
        Assert.Equal(["GHSA-1"], await rig.AdvisoryIdsAsync());
        Assert.Equal(["a"], await rig.TakeMarkedAsync());
    }

    [Fact]
    public async Task AnEcosystemOfWhichPackagesAreOnlyListedIsNotLoadedUntilOneIsInstalled()
    {
        await using var rig = await AdvisoryRig.CreateAsync(exploitation: true);
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").AddExploitation("CVE-2026-0001", 0.1, 0.2);
        var (declared, application) = (await rig.AddComponentAsync("npm", "a"), await rig.AddComponentAsync("npm", "shop"));
        await rig.ListAsync(declared, ListedOnly.Declared);
        await rig.ListAsync(application, ListedOnly.Application);

        Assert.Null(await rig.Refresher.RunDueAsync(CancellationToken.None));
        await using var db = rig.Database.CreateDbContext();
        Assert.Empty(await db.Feeds.ToListAsync());

        // The same component, installed in another image.
        await rig.ListAsync(declared, why: null);
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        Assert.Equal(["EPSS", "KEV", "npm"], await db.Feeds.Select(f => f.Key).OrderBy(key => key).ToListAsync());
        Assert.Equal(["GHSA-1"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task AnEmptyInventoryAsksForNothing()
    {
        await using var rig = await AdvisoryRig.CreateAsync(source: "/no/such/folder");

        Assert.Null(await rig.Refresher.RunDueAsync(CancellationToken.None));
    }

    [Fact]
    public async Task AFeedIsReadAgainAfterItsIntervalAndNotBefore()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        await rig.AddComponentAsync("npm", "a");
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        rig.Folder.Add("npm", "b", "GHSA-2", "1.0.0");

        rig.Clock.Advance(TimeSpan.FromHours(23));
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        Assert.Equal(["GHSA-1"], await rig.AdvisoryIdsAsync());

        rig.Clock.Advance(TimeSpan.FromHours(1));
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        Assert.Equal(["GHSA-1", "GHSA-2"], await rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task AFeedThatWasReadUnderAClockThatRanAheadIsReadAgainOnceTheClockIsRight()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        await rig.AddComponentAsync("npm", "a");
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        await using var db = rig.Database.CreateDbContext();
        await db.Feeds.ExecuteUpdateAsync(set => set.SetProperty(f => f.LastSuccessAt, AdvisoryRig.Start.AddYears(1)).SetProperty(f => f.NextRunAt, AdvisoryRig.Start.AddYears(1).AddDays(1)));
        rig.Folder.Add("npm", "a", "GHSA-2", "1.0.0");

        await rig.Refresher.RunDueAsync(CancellationToken.None);

        Assert.Equal(["GHSA-1", "GHSA-2"], await rig.AdvisoryIdsAsync());
        Assert.Equal(AdvisoryRig.Start, (await db.Feeds.SingleAsync()).LastSuccessAt);
    }

    [Fact]
    public async Task ARequestedFeedIsReadNowAndNoOther()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("PyPI", "b", "PYSEC-1", "1.0");
        await rig.AddComponentAsync("npm", "a");
        await rig.AddComponentAsync("PyPI", "b");
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        rig.Clock.Advance(TimeSpan.FromMinutes(5));

        await rig.Refresher.RequestRefreshAsync(TestActor.Administrator, "PyPI", CancellationToken.None);
        await rig.Refresher.RunDueAsync(CancellationToken.None);

        Assert.Equal(AdvisoryRig.Start, (await rig.FeedAsync("npm")).LastAttemptAt);
        Assert.Equal(AdvisoryRig.Start.AddMinutes(5), (await rig.FeedAsync("PyPI")).LastSuccessAt);
    }

    [Fact]
    public async Task AnUnchangedArchiveIsASuccessThatKeepsItsNumbers()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        await rig.AddComponentAsync("npm", "a");
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        var before = await rig.FeedAsync("npm");
        await rig.TakeMarkedAsync();
        rig.Clock.Advance(TimeSpan.FromDays(1));

        await rig.Refresher.RunDueAsync(CancellationToken.None);

        var after = await rig.FeedAsync("npm");
        Assert.Equal((FeedStatus.Ready, 1, before.NewestModified), (after.Status, after.Records, after.NewestModified));
        Assert.Equal(AdvisoryRig.Start.AddDays(1), after.LastSuccessAt);
        Assert.Empty(await rig.TakeMarkedAsync());
    }

    [Fact]
    public async Task ABrokenArchiveFailsTheFeedKeepsItsDataAndIsTriedAgainSoon()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("npm", "b", "GHSA-2", "1.0.0");
        await rig.AddComponentAsync("npm", "a");
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        await rig.TakeMarkedAsync();
        var archive = Path.Combine(rig.Folder.Path, "npm", "all.zip");
        var whole = await File.ReadAllBytesAsync(archive);
        await File.WriteAllBytesAsync(archive, whole[..(whole.Length / 2)]);
        rig.Clock.Advance(TimeSpan.FromDays(1));

        await rig.Refresher.RunDueAsync(CancellationToken.None);

        var failing = await rig.FeedAsync("npm");
        Assert.Equal((FeedStatus.Failing, 2, AdvisoryRig.Start), (failing.Status, failing.Records, failing.LastSuccessAt));
        Assert.Contains("damaged or not whole", failing.LastError, StringComparison.Ordinal);
        Assert.Equal(AdvisoryRig.Start.AddDays(1).AddMinutes(15), failing.NextRunAt);
        Assert.Equal(["GHSA-1", "GHSA-2"], await rig.AdvisoryIdsAsync());
        Assert.Empty(await rig.TakeMarkedAsync());

        await File.WriteAllBytesAsync(archive, whole);
        rig.Clock.Advance(TimeSpan.FromMinutes(15));
        await rig.Refresher.RunDueAsync(CancellationToken.None);
        Assert.Equal((FeedStatus.Ready, (string?)null), ((await rig.FeedAsync("npm")).Status, (await rig.FeedAsync("npm")).LastError));
    }

    [Fact]
    public async Task AnEcosystemThatTheSourceLacksSaysSoAndHoldsNobodyUp()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        await rig.AddComponentAsync("Alpine:v3.20", "busybox");
        await rig.AddComponentAsync("npm", "a");

        await rig.Refresher.RunDueAsync(CancellationToken.None);

        var alpine = await rig.FeedAsync("Alpine");
        Assert.Equal((FeedStatus.Failing, "The source has no data for Alpine.", (DateTime?)null), (alpine.Status, alpine.LastError, alpine.LastSuccessAt));
        Assert.Equal(FeedStatus.Ready, (await rig.FeedAsync("npm")).Status);
    }

    [Fact]
    public async Task ASurpriseInOneFeedHoldsNobodyUp()
    {
        await using var rig = await AdvisoryRig.CreateAsync(_ => [new ScriptedFeed("Alpine", _ => throw new InvalidOperationException("A surprise.")), new ScriptedFeed("npm", _ => null)]);
        await rig.AddComponentAsync("Alpine:v3.20", "busybox");
        await rig.AddComponentAsync("npm", "a");

        await rig.Refresher.RunDueAsync(CancellationToken.None);

        Assert.Equal((FeedStatus.Failing, FeedStatus.Ready), ((await rig.FeedAsync("Alpine")).Status, (await rig.FeedAsync("npm")).Status));
    }

    [Fact]
    public async Task AFeedThatWasLoadingWhenTheProcessDiedIsDueAtOnce()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        await rig.AddComponentAsync("npm", "a");
        await using (var db = rig.Database.CreateDbContext())
        {
            db.Feeds.Add(new FeedState { Key = "npm", Status = FeedStatus.Loading, NextRunAt = AdvisoryRig.Start.AddHours(20) });
            await db.SaveChangesAsync();
        }

        await rig.Refresher.RunDueAsync(CancellationToken.None);

        Assert.Equal(FeedStatus.Ready, (await rig.FeedAsync("npm")).Status);
    }

    [Fact]
    public async Task AnotherSourceIsReadThoughItsTagIsTheSame()
    {
        var positions = new List<string?>();
        await using var rig = await AdvisoryRig.CreateAsync(_ => [new ScriptedFeed("npm", position =>
        {
            positions.Add(position);
            return null;
        })]);
        await rig.AddComponentAsync("npm", "a");
        await using (var db = rig.Database.CreateDbContext())
        {
            db.Feeds.Add(new FeedState { Key = "npm", Status = FeedStatus.Ready, Source = "https://elsewhere.example", Position = "\"v1\"", NextRunAt = AdvisoryRig.Start });
            await db.SaveChangesAsync();
        }

        await rig.Refresher.RunDueAsync(CancellationToken.None);

        Assert.Null(Assert.Single(positions));
    }

    [Fact]
    public async Task AdvisoriesWithTermsWaitForConsent()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await using var consenting = await AdvisoryRig.CreateAsync(optIn: "Wolfi");
        foreach (var each in new[] { rig, consenting })
        {
            each.Folder.Add("Wolfi", "busybox", "CGA-1", "1.0");
            await each.AddComponentAsync("Wolfi", "busybox");
            await each.Refresher.RunDueAsync(CancellationToken.None);
        }

        var feed = await rig.FeedAsync("Wolfi");
        Assert.Equal((FeedStatus.Waiting, (DateTime?)null), (feed.Status, feed.LastSuccessAt));
        Assert.Contains("Advisories:OptIn", feed.LastError, StringComparison.Ordinal);
        Assert.Equal(FeedStatus.Ready, (await consenting.FeedAsync("Wolfi")).Status);
    }

    [Fact]
    public async Task TheWorkerLoadsAtStartWhateverTheNextTimeAndAgainWhenWoken()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("PyPI", "b", "PYSEC-1", "1.0");
        await rig.AddComponentAsync("npm", "a");
        await using (var db = rig.Database.CreateDbContext())
        {
            db.Feeds.Add(new FeedState { Key = "npm", Status = FeedStatus.Ready, NextRunAt = AdvisoryRig.Start.AddHours(20) });
            await db.SaveChangesAsync();
        }

        var loaded = new Dictionary<string, TaskCompletionSource> { ["npm"] = new(TaskCreationOptions.RunContinuationsAsynchronously), ["PyPI"] = new(TaskCreationOptions.RunContinuationsAsynchronously) };
        using var subscription = rig.Signal.OnChanged(() =>
        {
            using var db = rig.Database.CreateDbContext();
            foreach (var name in db.Feeds.Where(f => f.LastSuccessAt != null).Select(f => f.Key).ToList())
            {
                loaded[name].TrySetResult();
            }
        });
        await rig.Refresher.StartAsync(CancellationToken.None);
        await loaded["npm"].Task.WaitAsync(TimeSpan.FromMinutes(1));

        await rig.AddComponentAsync("PyPI", "b");
        rig.Signal.Wake();
        await loaded["PyPI"].Task.WaitAsync(TimeSpan.FromMinutes(1));
        await rig.Refresher.StopAsync(CancellationToken.None);

        Assert.Equal(["GHSA-1", "PYSEC-1"], await rig.AdvisoryIdsAsync());
    }
}
