using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>What goes wrong around the running product: its process dies, the registry stalls or cuts, the database is locked.</summary>
[Collection("end to end")]
public sealed class FaultTests
{
    private const string Repository = "team/app";
    private static readonly LocatorAssertionsToContainTextOptions Patient = new() { Timeout = 60_000 };

    [Fact]
    public async Task AnAnalysisThatWasKilledInTheMiddleOfALayerEndsAsAnUndisturbedOne()
    {
        var undisturbed = await AnalyseAsync(kill: false);
        Assert.Contains(undisturbed, line => line.StartsWith("finding npm", StringComparison.Ordinal));
        Assert.Equal(undisturbed, await AnalyseAsync(kill: true));
    }

    [Fact]
    public async Task AStopHandsARunningAnalysisBackAtOnceThoughTheRegistryIsStuckAndPagesAreOpen()
    {
        await using var stage = await StageAsync();
        var largest = await PushAsync(stage, "one", "4.17.20");
        await using var visit = await stage.SetUpAsync();
        await stage.ConnectAsync(visit);
        var held = stage.Front.Hold(largest);
        await Stage.EnableAsync(visit, Repository);
        await held.Reached;
        await visit.Page.GotoAsync("/jobs");
        await Expect(Row(visit)).ToContainTextAsync("Running");

        Assert.Equal(0, await stage.App.StopAsync());

        await using (var db = Open(stage))
        {
            Assert.Equal((JobState.Queued, 0), await db.Jobs.Select(j => new ValueTuple<JobState, int>(j.State, j.Attempts)).SingleAsync());
        }

        held.Release();
        await stage.App.StartAgainAsync();
        await visit.Page.GotoAsync(new Uri(stage.App.Address, "jobs").ToString());
        await Expect(Row(visit)).ToContainTextAsync("Done", Patient);
    }

    [Fact]
    public async Task AHeldLayerShowsItsProgressAndTheOpenPageChangesWhenItIsReleased()
    {
        await using var stage = await StageAsync();
        var largest = await PushAsync(stage, "one", "4.17.20");
        await using var visit = await stage.SetUpAsync();
        await stage.ConnectAsync(visit);
        var held = stage.Front.Hold(largest);
        await Stage.EnableAsync(visit, Repository);
        await held.Reached;
        await visit.Page.GotoAsync("/jobs");
        var row = Row(visit);
        await Expect(row).ToContainTextAsync("Running");
        await Expect(row).ToContainTextAsync(new Regex("Scanning layers · [0-9.]+ (kB|MB) of [0-9.]+ MB"));
        held.Release();
        await Expect(row).ToContainTextAsync("Done", Patient);
        Assert.Empty(visit.ConsoleErrors);
    }

    [Fact]
    public async Task ALayerThatIsCutIsToldAndTriedAgainAndNeverCountedAsClean()
    {
        await using var stage = await StageAsync();
        var largest = await PushAsync(stage, "one", "4.17.20");
        await using var visit = await stage.SetUpAsync();
        await stage.ConnectAsync(visit);
        stage.Front.Spoil(largest, RegistryFault.EndsEarly);
        await Stage.EnableAsync(visit, Repository);
        await visit.Page.GotoAsync("/jobs");
        await Expect(Row(visit)).ToContainTextAsync("Attempt 2 of 6", Patient);
        await Expect(visit.Page.Locator(".job-reason")).Not.ToBeEmptyAsync();
        await visit.Page.GotoAsync("/images");
        await Expect(Row(visit)).ToContainTextAsync("Pending");
        await Expect(Row(visit)).Not.ToContainTextAsync("0C");
        stage.Front.Heal();
        await visit.Page.GotoAsync("/jobs");
        await Expect(Row(visit)).ToContainTextAsync("Done", Patient);
        Assert.Empty(visit.ConsoleErrors);
    }

    [Fact]
    public async Task AnAnalysisThatFailsForGoodSaysWhyOnEveryPageAndCanBeTriedAgain()
    {
        await using var stage = await StageAsync(new() { ["Jobs__MaxAttempts"] = "1" });
        var largest = await PushAsync(stage, "one", "4.17.20");
        await using var visit = await stage.SetUpAsync();
        await stage.ConnectAsync(visit);
        stage.Front.Spoil(largest, RegistryFault.BreaksOff);
        await Stage.EnableAsync(visit, Repository);
        await visit.Page.GotoAsync("/jobs");
        await Expect(Row(visit)).ToContainTextAsync("Failed", Patient);
        await Stage.ShootAsync(visit, "jobs-failed");
        await visit.Page.GotoAsync("/images");
        await Expect(Row(visit)).ToContainTextAsync("Failed");
        await Expect(Row(visit)).Not.ToContainTextAsync("0C");
        await Row(visit).GetByRole(AriaRole.Link).First.ClickAsync();
        await visit.Page.Locator("a[href*='/images/']").First.ClickAsync();
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("closed the connection in the middle of a blob");
        await Expect(visit.Page.Locator("main")).Not.ToContainTextAsync("0C");
        await Stage.ShootAsync(visit, "image-failed");
        await visit.Page.GotoAsync("/");
        await Expect(visit.Page.Locator("main")).ToContainTextAsync("The last analysis of 1 repository failed");
        await Stage.ShootAsync(visit, "overview-failed");

        stage.Front.Heal();
        await visit.Page.GotoAsync("/jobs");
        await Row(visit).GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        await Expect(Row(visit).First).ToContainTextAsync("Done", Patient);
        Assert.Empty(visit.ConsoleErrors);
        Assert.True(visit.Faults.Count == 0, string.Join('\n', visit.Faults));
    }

    [Fact]
    public async Task AnEventStartsOneAnalysisAndNoneIsAcceptedThatALockedDatabaseCouldNotStore()
    {
        await using var stage = await StageAsync();
        await PushAsync(stage, "one", "4.17.20");
        await using var visit = await stage.SetUpAsync();
        await stage.ConnectAsync(visit);
        await Stage.EnableAsync(visit, Repository);
        await visit.Page.GotoAsync("/jobs");
        await Expect(Row(visit)).ToContainTextAsync("Done", Patient);
        var key = UrlKey.Create();
        await using (var db = Open(stage))
        {
            // Only its hash is known to the database, and the page shows it for Azure's registries only.
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.WebhookKeyHash, UrlKey.Hash(key)));
        }

        var second = Push("b", "two", await PushImageAsync(stage, "two", "4.17.21"), DateTime.UtcNow);
        await using (var locking = new SqliteConnection(ConnectionString(stage)))
        {
            await locking.OpenAsync();
            await using var begin = locking.CreateCommand();
            begin.CommandText = "BEGIN EXCLUSIVE";
            await begin.ExecuteNonQueryAsync();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await PostAsync(stage, key, second));
        }

        Assert.Equal(HttpStatusCode.OK, await PostAsync(stage, key, second));
        await visit.Page.GotoAsync("/images");
        await Expect(Row(visit)).ToContainTextAsync("two", Patient);
        await Expect(Row(visit)).ToContainTextAsync("Analysed", Patient);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(stage, key, second));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(stage, key, second.Replace("\"b\"", "\"late\"", StringComparison.Ordinal).Replace("2026-", "2025-", StringComparison.Ordinal)));
        Assert.Empty(visit.ConsoleErrors);
        await stage.App.KillAsync();
        await using var after = Open(stage);
        Assert.Equal([JobReason.Enabled, JobReason.Push], await after.Jobs.OrderBy(j => j.Id).Select(j => j.Reason).ToListAsync());
        Assert.Equal(2, await after.Events.CountAsync());
    }

    private static async Task<IReadOnlyList<string>> AnalyseAsync(bool kill)
    {
        await using var stage = await StageAsync();
        var largest = await PushAsync(stage, "one", "4.17.20");
        await using var visit = await stage.SetUpAsync();
        await stage.ConnectAsync(visit);
        var held = stage.Front.Hold(largest);
        await Stage.EnableAsync(visit, Repository);
        await held.Reached;
        if (kill)
        {
            await visit.Page.GotoAsync("about:blank");
            await stage.App.KillAsync();
            await stage.App.StartAgainAsync();
        }

        held.Release();
        await visit.Page.GotoAsync(new Uri(stage.App.Address, "jobs").ToString());
        await Expect(Row(visit)).ToContainTextAsync("Done", Patient);
        // Matched with the advisories of both ecosystems.
        await visit.Page.GotoAsync(new Uri(stage.App.Address, "images").ToString());
        await Expect(Row(visit)).ToContainTextAsync("1M", Patient);
        await Expect(Row(visit)).Not.ToContainTextAsync("No advisory data", new() { Timeout = 60_000 });
        Assert.Empty(visit.ConsoleErrors);
        await stage.App.KillAsync();
        await using var db = Open(stage);
        return await StoredContent.ReadAsync(db);
    }

    // No look at the registry comes in time to find what an event should have told.
    private static async Task<Stage> StageAsync(Dictionary<string, string>? settings = null)
    {
        var stage = await Stage.SetAsync(new(settings ?? []) { ["Repositories__ReconcileInterval"] = "1.00:00:00" });
        stage.Advisories.Add("npm", "lodash", "GHSA-aaaa-bbbb-cccc", "4.17.21", "CVE-2026-0002", "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L")
            .Add("Debian:12", "scout-sample-src", "DEBIAN-CVE-2026-0001", "1:1.2.13.dfsg-2", "CVE-2026-0001", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
        return stage;
    }

    // The path part of the largest layer's blob.
    private static async Task<string> PushAsync(Stage stage, string tag, string lodash)
    {
        using var layout = new OciLayout();
        layout.Add(tag, SampleImage.Of(lodash, extraMegabytes: 2));
        await stage.Registry.PushAsync(layout.Folder, tag, Repository);
        var largest = new DirectoryInfo(Path.Combine(layout.Folder, "blobs", "sha256")).EnumerateFiles().MaxBy(file => file.Length)!;
        return $"/blobs/sha256:{largest.Name}";
    }

    private static async Task<string> PushImageAsync(Stage stage, string tag, string lodash)
    {
        using var layout = new OciLayout();
        layout.Add(tag, SampleImage.Of(lodash));
        return await stage.Registry.PushAsync(layout.Folder, tag, Repository);
    }

    private static ILocator Row(Visit visit) => visit.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = Repository });

    private static string ConnectionString(Stage stage) => new SqliteConnectionStringBuilder { DataSource = Path.Combine(stage.App.DataDirectory, "scout.db"), Pooling = false }.ToString();

    private static SqliteScoutDb Open(Stage stage) => new(new DbContextOptionsBuilder<SqliteScoutDb>().UseSqlite(ConnectionString(stage)).Options);

    private static async Task<HttpStatusCode> PostAsync(Stage stage, string key, string body)
    {
        using var client = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(stage.App.Address, $"webhooks/eventgrid/{key}"), content);
        return answer.StatusCode;
    }

    private static string Push(string id, string tag, string digest, DateTime at) => string.Create(CultureInfo.InvariantCulture,
        $$$"""[{"id":"{{{id}}}","subject":"{{{Repository}}}:{{{tag}}}","eventType":"Microsoft.ContainerRegistry.ImagePushed","data":{"action":"push","target":{"repository":"{{{Repository}}}","tag":"{{{tag}}}","digest":"{{{digest}}}"}},"eventTime":"{{{at:O}}}"}]""");
}
