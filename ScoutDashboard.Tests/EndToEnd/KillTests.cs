using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;
using Xunit.Abstractions;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>The process dies again and again while images are pushed: in its start, in a delivery, in a pull, in matching.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 50;

    [Fact]
    public async Task AfterFiftyKillsEveryEventThatWasAcceptedHasItsAnalysisOnceAndNothingIsMissing()
    {
        await using var registry = await ManyImages.StartAsync(repositories: 4, pushed: Kills);
        var expected = await UndisturbedAsync(registry);
        // Another one each time; SCOUT_SEED repeats one.
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SCOUT_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : Environment.TickCount;
        output.WriteLine($"SCOUT_SEED={seed}");

        await using var stage = await QuietStage.StartAsync(registry.Host, registry.Pushed);
        var (accepted, interrupted) = await KillAsync(stage, registry.Pushed, new Random(seed));
        Assert.True(interrupted > 0, "No kill met an analysis that ran.");
        await using (var killed = stage.Open())
        {
            // What was answered 200 is there, whatever came right after.
            Assert.Empty(accepted.Except(await killed.Events.Select(e => e.EventId).ToListAsync()));
        }

        await stage.App.StartAgainAsync();
        // Event Grid sends everything again whose answer it did not get, and at times what it got.
        Assert.Equal(HttpStatusCode.OK, await stage.TellAsync(registry.Pushed));
        await stage.UntilSettledAsync();
        await stage.App.KillAsync();

        await using var db = stage.Open();
        Assert.Equal(expected, await StoredContent.ReadAsync(db));
        Assert.Equal(registry.Pushed.Select(IdOf).Order(StringComparer.Ordinal), (await db.Events.Select(e => e.EventId).ToListAsync()).Order(StringComparer.Ordinal));
        var changes = await db.FindingChanges.Select(c => new { c.Appeared, c.VulnerabilityId, c.ComponentId, c.RepositoryId, c.ImageId }).ToListAsync();
        Assert.Equal(changes.Distinct().Count(), changes.Count);
        await QuietStage.CheckWholeAsync(db);
    }

    private static async Task<IReadOnlyList<string>> UndisturbedAsync(ManyImages registry)
    {
        await using var stage = await QuietStage.StartAsync(registry.Host, registry.Pushed);
        Assert.Equal(HttpStatusCode.OK, await stage.TellAsync(registry.Pushed));
        await stage.UntilSettledAsync();
        await stage.App.KillAsync();
        await using var db = stage.Open();
        var content = await StoredContent.ReadAsync(db);
        Assert.Equal(Kills, content.Count(line => line.StartsWith("image sha256:", StringComparison.Ordinal) && line.Contains($" Analysed {QuietStage.PackagesOfEach} ", StringComparison.Ordinal)));
        Assert.Contains(content, line => line.StartsWith("finding npm", StringComparison.Ordinal));
        return content;
    }

    // One more image is told of in each life. Every other one ends in its start, the rest at work, some time after it; how long goes by how long a start takes on this machine.
    private async Task<(IReadOnlyCollection<string> Accepted, int Interrupted)> KillAsync(QuietStage stage, IReadOnlyList<ManyImage> images, Random random)
    {
        await stage.App.KillAsync();
        var watch = Stopwatch.StartNew();
        await stage.App.StartAgainAsync();
        var start = watch.Elapsed;
        var accepted = new HashSet<ManyImage>();
        var interrupted = 0;
        for (var kill = 1; kill <= Kills; kill++)
        {
            var ready = kill == 1 ? Task.CompletedTask : stage.App.StartAgainAsync();
            if (kill % 2 == 1)
            {
                await ready;
            }

            using var life = new CancellationTokenSource(start * (kill % 2 == 1 ? 0.5 : 1) * random.NextDouble());
            var telling = TellAsync(stage, images.Take(kill), accepted, life.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, life.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            await stage.App.KillAsync();
            await telling;
            await using var db = stage.Open();
            interrupted += await db.Jobs.AnyAsync(j => j.State == JobState.Running) ? 1 : 0;
        }

        output.WriteLine($"{interrupted} of {Kills} kills met an analysis that ran.");
        return ([.. accepted.Select(IdOf)], interrupted);
    }

    private static async Task TellAsync(QuietStage stage, IEnumerable<ManyImage> images, HashSet<ManyImage> accepted, CancellationToken life)
    {
        foreach (var image in images)
        {
            while (!accepted.Contains(image) && !life.IsCancellationRequested)
            {
                if (await stage.TellAsync([image]) == HttpStatusCode.OK)
                {
                    accepted.Add(image);
                }
                else
                {
                    await Task.Delay(20, CancellationToken.None);
                }
            }
        }
    }

    // As ManyImages.Events writes it.
    private static string IdOf(ManyImage image) => $"push-{image.Repository}-{image.Tag}";
}
