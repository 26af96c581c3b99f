using System.Net;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>A data folder on a small disk of its own, which others fill, and a database that others lock.</summary>
public sealed class StorageFaultTests
{
    [MountFact]
    public async Task AFullDiskRefusesEventsInsteadOfLosingThemAndAllIsMadeUpForOnceThereIsSpace()
    {
        await using var registry = await ManyImages.StartAsync(repositories: 2, pushed: 120);
        await using var front = await FaultyRegistry.StartAsync(registry.Host, $"http://{registry.Host}");
        await using var stage = await QuietStage.StartAsync(front.Host, registry.Pushed, new Dictionary<string, string> { ["Health__MinimumFreeBytes"] = "100000" }, new SmallDisk(64 << 20));
        var images = new Queue<ManyImage>(registry.Pushed);
        var accepted = new List<ManyImage> { images.Dequeue() };
        var held = front.Hold("/blobs/");
        Assert.Equal(HttpStatusCode.OK, await stage.TellAsync(accepted));
        await held.Reached;

        var ballast = Path.Combine(stage.App.DataDirectory, "ballast");
        SmallDisk.Fill(ballast);
        held.Release();
        // The log has some room of its own; what is accepted is stored in it.
        while (await stage.TellAsync([images.Peek()]) == HttpStatusCode.OK)
        {
            accepted.Add(images.Dequeue());
        }

        var refused = images.Dequeue();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await stage.TellAsync([refused]));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await HealthAsync(stage));

        File.Delete(ballast);
        await UntilReadyAsync(stage);
        Assert.Equal(HttpStatusCode.OK, await stage.TellAsync([refused]));
        await stage.UntilSettledAsync();

        await using var db = stage.Open();
        Assert.All(await db.Jobs.ToListAsync(), job => Assert.Equal((JobState.Succeeded, null), (job.State, job.Failure)));
        Assert.Equal(accepted.Append(refused).Select(image => image.Digest).Order(StringComparer.Ordinal), (await db.Images.Where(i => i.State == ImageState.Analysed && i.Packages == QuietStage.PackagesOfEach).Select(i => i.Digest).ToListAsync()).Order(StringComparer.Ordinal));
        Assert.Equal(accepted.Count + 1, await db.Events.CountAsync());
        await QuietStage.CheckWholeAsync(db);
    }

    [Fact]
    public async Task WhatALockedDatabaseCouldNotStoreIsStoredOnceItIsFree()
    {
        await using var registry = await ManyImages.StartAsync(repositories: 2, pushed: 4);
        await using var front = await FaultyRegistry.StartAsync(registry.Host, $"http://{registry.Host}");
        await using var stage = await QuietStage.StartAsync(front.Host, registry.Pushed);
        var held = front.Hold("/blobs/");
        Assert.Equal(HttpStatusCode.OK, await stage.TellAsync(registry.Pushed.SkipLast(1)));
        await held.Reached;
        await using (var locking = stage.Open())
        {
            await locking.Database.OpenConnectionAsync();
            await locking.Database.ExecuteSqlRawAsync("BEGIN EXCLUSIVE");
            // In the middle of an analysis, whose progress and result then find the lock.
            held.Release();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await stage.TellAsync(registry.Pushed.TakeLast(1)));
            await locking.Database.ExecuteSqlRawAsync("ROLLBACK");
        }

        Assert.Equal(HttpStatusCode.OK, await stage.TellAsync(registry.Pushed.TakeLast(1)));
        await stage.UntilSettledAsync();

        await using var db = stage.Open();
        Assert.Equal(registry.Pushed.Select(image => image.Digest).Order(StringComparer.Ordinal), (await db.Images.Where(i => i.State == ImageState.Analysed && i.Packages == QuietStage.PackagesOfEach).Select(i => i.Digest).ToListAsync()).Order(StringComparer.Ordinal));
        Assert.Equal((registry.Pushed.Count, registry.Pushed.Count), (await db.Events.CountAsync(), await db.Jobs.CountAsync(j => j.State == JobState.Succeeded)));
        Assert.Equal(registry.Pushed.Count, await db.Jobs.CountAsync());
        await QuietStage.CheckWholeAsync(db);
    }

    [MountFact]
    public async Task AStartOnADiskThatIsFullOrReadOnlySaysSoAndTheNextOneNeedsNoHand()
    {
        var folder = Directory.CreateTempSubdirectory("scout-start-");
        using (var disk = new SmallDisk(16 << 20))
        {
            disk.Mount(folder.FullName);
            var ballast = Path.Combine(folder.FullName, "ballast");
            SmallDisk.Fill(ballast);
            await RefusedAsync(folder, "No space left on device", "database or disk is full");
            disk.Remount(canWrite: false);
            await RefusedAsync(folder, "Read-only file system", "readonly database");
            disk.Remount(canWrite: true);
            File.Delete(ballast);
            await using var app = await AppProcess.StartAsync(new Dictionary<string, string> { ["Scout__DataDirectory"] = folder.FullName });
            Assert.NotNull(app.SetupLink);
        }

        folder.Delete(recursive: true);
    }

    private static async Task RefusedAsync(DirectoryInfo folder, params string[] reasons)
    {
        var run = await ShellRun.RunAsync(folder.FullName, new Dictionary<string, string> { ["Scout__DataDirectory"] = folder.FullName, ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" });
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reasons, reason => run.Error.Contains(reason, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Another ScoutDashboard", run.Error, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> HealthAsync(QuietStage stage)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(stage.App.Address, "healthz/ready"));
        return answer.StatusCode;
    }

    private static Task UntilReadyAsync(QuietStage stage) => stage.UntilAsync(async _ => await HealthAsync(stage) == HttpStatusCode.OK);
}
