using System.Net;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>The machine's clock jumps under a running dashboard while images are pushed: by a year forth, behind where it was, and back.</summary>
public sealed class ClockJumpTests
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    private static readonly string[] Jumps = ["+0", "+400d", "-3d", "+0"];

    [FileFact(Library)]
    public async Task WhereverTheClockJumpsEveryEventHasItsAnalysisOnce()
    {
        await using var registry = await ManyImages.StartAsync(repositories: 2, pushed: 3 * Jumps.Length);
        using var clock = new FakeClock(Library);
        await using var stage = await QuietStage.StartAsync(registry.Host, registry.Pushed, clock.Settings);
        var told = 0;
        foreach (var (jump, images) in Jumps.Zip(registry.Pushed.Chunk(3)))
        {
            await clock.JumpAsync(jump);
            Assert.Equal(HttpStatusCode.OK, await stage.TellAsync(images));
            told += images.Length;
            // At work, so that the clock jumps in the middle of it.
            await stage.UntilAsync(db => db.Jobs.AnyAsync(j => j.State == JobState.Running || j.State == JobState.Succeeded));
        }

        await stage.UntilSettledAsync();
        await using var db = stage.Open();
        var analysed = await db.Images.Where(i => i.State == ImageState.Analysed && i.Packages == QuietStage.PackagesOfEach && i.Critical != null).Select(i => i.Digest).ToListAsync();
        Assert.Equal(registry.Pushed.Select(image => image.Digest).Order(StringComparer.Ordinal), analysed.Order(StringComparer.Ordinal));
        Assert.Equal(told, await db.Events.CountAsync());
        Assert.Equal(told, await db.Jobs.CountAsync(j => j.State == JobState.Succeeded));
        // The clock did jump, and not only for the test.
        Assert.True(await db.Jobs.MaxAsync(j => j.CreatedAt) - await db.Jobs.MinAsync(j => j.CreatedAt) > TimeSpan.FromDays(402));
        await QuietStage.CheckWholeAsync(db);
    }

    // What the process takes for the time of day is the machine's and this; how long something takes is not touched, as when a clock is set.
    private sealed class FakeClock : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scout-clock-");

        public FakeClock(string library)
        {
            File.WriteAllText(Place, "+0");
            Settings = new Dictionary<string, string>
            {
                ["LD_PRELOAD"] = library, ["FAKETIME_TIMESTAMP_FILE"] = Place, ["FAKETIME_NO_CACHE"] = "1", ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1", ["DONT_FAKE_MONOTONIC"] = "1", ["NO_FAKE_STAT"] = "1",
            };
        }

        public IReadOnlyDictionary<string, string> Settings { get; }

        private string Place => Path.Combine(_folder.FullName, "offset");

        // In one step: a process that reads it meanwhile must find one or the other.
        public async Task JumpAsync(string offset)
        {
            await File.WriteAllTextAsync($"{Place}.new", offset);
            File.Move($"{Place}.new", Place, overwrite: true);
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
