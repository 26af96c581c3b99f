using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>What a server can do wrong: after each, the last good data is in place, the feed says what happened, and the next attempt works.</summary>
public sealed class FeedServerTests
{
    private const string Archive = "npm/all.zip";

    public static TheoryData<string, string> Troubles => new()
    {
        { "500", "127.0.0.1 answered 500." },
        { "nothing", "127.0.0.1 does not have" },
        { "endless redirects", "without end" },
        { "another host", "no https address" },
        { "half, and the connection closes", "could not be read" },
        { "half, told as the whole", "damaged or not whole" },
        { "a page", "damaged or not whole" },
        { "records of another kind", "holds no advisory that could be read" },
        { "empty", "damaged or not whole" },
    };

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task TheLastGoodDataStaysAndTheNextAttemptWorks(string trouble, string reason)
    {
        await using var rig = await FeedServerRig.StartAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0").Add("npm", "b", "GHSA-2", "1.0.0");
        await rig.RunAfterAsync(TimeSpan.Zero);
        await rig.Rig.TakeMarkedAsync();
        rig.Folder.Remove("npm", "GHSA-2").Add("npm", "c", "GHSA-3", "1.0.0", modified: AdvisoryRig.Start);
        var whole = await File.ReadAllBytesAsync(Path.Combine(rig.Folder.Path, Archive));
        rig.Server.Troubles[Archive] = context => AnswerAsync(trouble, context, whole);

        var failing = await rig.RunAfterAsync(TimeSpan.FromDays(7));

        Assert.Equal((FeedStatus.Failing, 2, AdvisoryRig.Start), (failing.Status, failing.Records, failing.LastSuccessAt));
        Assert.Contains(reason, failing.LastError!.Replace("The source has no data for npm.", "127.0.0.1 does not have", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(["GHSA-1", "GHSA-2"], await rig.Rig.AdvisoryIdsAsync());
        Assert.Empty(await rig.Rig.TakeMarkedAsync());

        rig.Server.Troubles.Clear();
        var after = await rig.RunAfterAsync(TimeSpan.FromMinutes(15));
        Assert.Equal((FeedStatus.Ready, (string?)null), (after.Status, after.LastError));
        Assert.Equal(["GHSA-1", "GHSA-3"], await rig.Rig.AdvisoryIdsAsync());
    }

    [Fact]
    public async Task AServerThatFallsSilentIsGivenUp()
    {
        await using var rig = await FeedServerRig.StartAsync(idleLimit: TimeSpan.FromSeconds(2));
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        rig.Server.Troubles[Archive] = async context =>
        {
            await context.Response.Body.WriteAsync(new byte[10]);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };

        var failing = await rig.RunAfterAsync(TimeSpan.Zero);
        Assert.Equal((FeedStatus.Failing, "127.0.0.1 did not answer in time."), (failing.Status, failing.LastError));

        rig.Server.Troubles.Clear();
        Assert.Equal(FeedStatus.Ready, (await rig.RunAfterAsync(TimeSpan.FromMinutes(15))).Status);
    }

    /// <summary>It is never silent, and would take hours: a limit of silence does not see it.</summary>
    [Fact]
    public async Task AServerThatSendsAByteASecondIsGivenUpAfterTwoMinutes()
    {
        await using var rig = await FeedServerRig.StartAsync(byteEvery: TimeSpan.FromSeconds(1));
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0", details: Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(10_000)));

        var failing = await rig.RunAfterAsync(TimeSpan.Zero);

        Assert.Equal((FeedStatus.Failing, "127.0.0.1 sent too slowly; the download was given up."), (failing.Status, failing.LastError));
        Assert.InRange(rig.Rig.Clock.GetUtcNow() - AdvisoryRig.Start, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2.5));
    }

    [Fact]
    public async Task AServerThatIsSlowButNotThatSlowIsWaitedFor()
    {
        await using var rig = await FeedServerRig.StartAsync(byteEvery: TimeSpan.FromMilliseconds(50));
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");

        Assert.Equal(FeedStatus.Ready, (await rig.RunAfterAsync(TimeSpan.Zero)).Status);
    }

    [Fact]
    public async Task ADownloadThatBreaksOffIsContinuedAtTheServer()
    {
        await using var rig = await FeedServerRig.StartAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        var whole = await File.ReadAllBytesAsync(Path.Combine(rig.Folder.Path, Archive));
        rig.Server.Troubles[Archive] = async context =>
        {
            rig.Server.Troubles.Clear();
            context.Response.Headers.ETag = FeedServer.TagOf(whole);
            await BreakAsync(context, whole);
        };

        var feed = await rig.RunAfterAsync(TimeSpan.Zero);

        Assert.Equal((FeedStatus.Ready, 1), (feed.Status, feed.Records));
        Assert.EndsWith($"{Archive}:206", rig.Server.TakeAsked(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHundredThousandTinyRecordsAreAllStored()
    {
        await using var rig = await FeedServerRig.StartAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        await WriteAsync(rig, zip =>
        {
            for (var number = 0; number < 100_000; number++)
            {
                using var entry = zip.CreateEntry($"X-{number}.json", CompressionLevel.NoCompression).Open();
                entry.Write(Encoding.UTF8.GetBytes($$$"""{"id":"X-{{{number}}}","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"p{{{number % 50}}}"},"versions":["1"]}]}"""));
            }
        });

        var feed = await rig.RunAfterAsync(TimeSpan.Zero);

        Assert.Equal((FeedStatus.Ready, 100_001, 0), (feed.Status, feed.Records, feed.Rejected));
    }

    [Fact]
    public async Task AHundredThousandRecordsThatAreNoneAreCounted()
    {
        await using var rig = await FeedServerRig.StartAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        await WriteAsync(rig, zip =>
        {
            for (var number = 0; number < 100_000; number++)
            {
                using var entry = zip.CreateEntry($"X-{number}.json", CompressionLevel.NoCompression).Open();
                entry.Write("{}"u8);
            }
        });

        var feed = await rig.RunAfterAsync(TimeSpan.Zero);

        Assert.Equal((FeedStatus.Ready, 1, 100_000), (feed.Status, feed.Records, feed.Rejected));
    }

    [Fact]
    public async Task ARecordThatUnpacksWithoutMeasureIsPassedOver()
    {
        await using var rig = await FeedServerRig.StartAsync();
        rig.Folder.Add("npm", "a", "GHSA-1", "1.0.0");
        await WriteAsync(rig, zip =>
        {
            using var entry = zip.CreateEntry("GHSA-BOMB.json", CompressionLevel.Fastest).Open();
            var blank = Encoding.UTF8.GetBytes(new string(' ', 1 << 20));
            for (var megabyte = 0; megabyte < 200; megabyte++)
            {
                entry.Write(blank);
            }
        });

        var feed = await rig.RunAfterAsync(TimeSpan.Zero);

        Assert.Equal((FeedStatus.Ready, 1, 1), (feed.Status, feed.Records, feed.Rejected));
    }

    private static async Task AnswerAsync(string trouble, HttpContext context, byte[] whole)
    {
        switch (trouble)
        {
            case "500":
                context.Response.StatusCode = 500;
                break;
            case "nothing":
                context.Response.StatusCode = 404;
                break;
            case "endless redirects":
                context.Response.Redirect($"/{Archive}");
                break;
            case "another host":
                context.Response.Redirect("http://feeds.example/all.zip");
                break;
            case "half, and the connection closes":
                await BreakAsync(context, whole);
                break;
            case "half, told as the whole":
                await context.Response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2));
                break;
            case "a page":
                await context.Response.WriteAsync("<html>Sign in</html>");
                break;
            case "records of another kind":
                using (var bytes = new MemoryStream())
                {
                    using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
                    using (var entry = zip.CreateEntry("GHSA-1.json").Open())
                    {
                        entry.Write("[1, 2]"u8);
                    }

                    await context.Response.Body.WriteAsync(bytes.ToArray());
                }

                break;
        }
    }

    // Kestrel closes a connection on which less was written than was told.
    private static async Task BreakAsync(HttpContext context, byte[] whole)
    {
        context.Response.ContentLength = whole.Length;
        await context.Response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2));
    }

    // Beside the one good record.
    private static async Task WriteAsync(FeedServerRig rig, Action<ZipArchive> add)
    {
        await using var zip = await ZipArchive.CreateAsync(File.Create(Path.Combine(rig.Folder.Path, Archive)), ZipArchiveMode.Create, leaveOpen: false, entryNameEncoding: null);
        await zip.CreateEntryFromFileAsync(Path.Combine(rig.Folder.Path, "npm", "GHSA-1.json"), "GHSA-1.json");
        add(zip);
    }
}
