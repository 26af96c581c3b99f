using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>The process dies while an archive of advisories is on its way.</summary>
public sealed class FeedKillTests
{
    private const string Archive = "npm/all.zip";

    [Fact]
    public async Task TheNextStartFetchesOnlyWhatIsMissingAndReadsItAll()
    {
        using var folder = new AdvisoryFolder();
        folder.Add("npm", "left", "GHSA-aaaa-bbbb-cccc", "2.0.0");
        var whole = await WithBallastAsync(Path.Combine(folder.Path, Archive));
        await using var server = await FeedServer.StartAsync(folder.Path);
        await using var app = await AppProcess.StartAsync(new Dictionary<string, string> { ["Advisories__Source"] = server.Address });
        await AddComponentAsync(app);
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Troubles[Archive] = context => SendHalfAsync(context, whole, half);
        await app.KillAsync();
        await app.StartAgainAsync();
        await half.Task;
        await app.KillAsync();

        server.Troubles.Clear();
        server.TakeAsked();
        await app.StartAgainAsync();
        await app.UntilAsync(db => db.Findings.AnyAsync(finding => finding.VulnerabilityId == "GHSA-aaaa-bbbb-cccc"));

        Assert.Contains($"{Archive}:206", server.TakeAsked().Split(' '));
        await using var db = app.OpenDatabase();
        Assert.Equal((FeedStatus.Ready, 1), await db.Feeds.Where(feed => feed.Key == "npm").Select(feed => ValueTuple.Create(feed.Status, feed.Records)).SingleAsync());
        // Other feeds may still be at it.
        await app.UntilAsync(_ => Task.FromResult(Directory.GetFiles(Path.Combine(app.DataDirectory, "downloads")).Length == 0));
    }

    // More than any buffer holds, so that some of it is on the disk; it does not end until the process does.
    private static async Task SendHalfAsync(HttpContext context, byte[] whole, TaskCompletionSource half)
    {
        (context.Response.Headers.ETag, context.Response.ContentLength) = (FeedServer.TagOf(whole), whole.Length);
        await context.Response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        half.TrySetResult();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<byte[]> WithBallastAsync(string path)
    {
        await using (var zip = await ZipFile.OpenAsync(path, ZipArchiveMode.Update))
        await using (var entry = await zip.CreateEntry("README").OpenAsync())
        {
            await entry.WriteAsync(RandomNumberGenerator.GetBytes(16 << 20));
        }

        return await File.ReadAllBytesAsync(path);
    }

    private static async Task AddComponentAsync(AppProcess app)
    {
        await using var db = app.OpenDatabase();
        db.Components.Add(new Component
        {
            Purl = "pkg:npm/left@1.0.0", Type = "npm", Ecosystem = "npm", EcosystemBase = "npm", Name = "left", Version = "1.0.0", AdvisoryName = "left", AdvisoryVersion = "1.0.0", NeedsMatch = true,
        });
        await db.SaveChangesAsync();
    }
}
