using System.Net;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Advisories;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Advisories.FakeBucket;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>What is left of a download that did not come to its end, and for how long.</summary>
public sealed class FeedPartsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scout-parts-").FullName;

    private string Unfinished => Path.Combine(_folder, "downloads");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task EachFileHasItsOwn()
    {
        await BreakOffAsync(Unfinished, "\"v1\"");
        var bucket = new FakeBucket(_ => Answer(Zip, "\"v1\""));

        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("PyPI"), null, default);

        Assert.Null(bucket.Asked.Single().Headers.Range);
    }

    [Theory]
    [InlineData("\"v")]
    [InlineData("modified:Mon")]
    [InlineData("W/\"v1\"")]
    [InlineData("")]
    [InlineData(null)]
    public async Task ANoteThatWasNotWrittenToItsEndCountsAsNone(string? note)
    {
        await BreakOffAsync(Unfinished, "\"v1\"");
        var path = Directory.GetFiles(Unfinished, "*.tag").Single();
        File.Delete(path);
        if (note is not null)
        {
            await File.WriteAllTextAsync(path, note);
        }

        var bucket = new FakeBucket(_ => Answer(Zip, "\"v1\""));
        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
        Assert.Null(bucket.Asked.Single().Headers.Range);
    }

    [Fact]
    public async Task WhatNoServerCouldContinueIsNotLeft()
    {
        await BreakOffAsync(Unfinished, "W/\"v1\"");

        Assert.Empty(Directory.GetFiles(Unfinished));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatIsTooLargeIsNotLeft(bool isTold)
    {
        var bucket = new FakeBucket(_ =>
        {
            var answer = Answer(new byte[1 << 21], "\"v1\"");
            answer.Content.Headers.ContentLength = isTold ? 1 << 21 : null;
            return answer;
        });

        await Assert.ThrowsAsync<FeedException>(() => bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default));

        Assert.Empty(Directory.GetFiles(Unfinished));
    }

    [Fact]
    public async Task AnUnchangedFileLeavesNothing()
    {
        Assert.Null(await new FakeBucket(_ => new HttpResponseMessage(HttpStatusCode.NotModified)).Source(unfinished: Unfinished).OpenAsync(Archive("npm"), "\"v1\"", default));

        Assert.Empty(Directory.GetFiles(Unfinished));
    }

    [Fact]
    public async Task WhatNobodyCameBackForGoesAfterAWeek()
    {
        await BreakOffAsync(Unfinished, "\"v1\"");
        var left = Directory.GetFiles(Unfinished);
        Assert.Equal(2, left.Length);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow + FeedParts.Kept - TimeSpan.FromHours(1));
        async Task OpenAnotherAsync() => (await new FakeBucket(_ => Answer(Zip, null)).Source(unfinished: Unfinished, clock: clock).OpenAsync(Archive("PyPI"), null, default))!.Dispose();

        await OpenAnotherAsync();
        Assert.Equal(left.Order(), Directory.GetFiles(Unfinished).Order());
        clock.Advance(TimeSpan.FromHours(2));
        await OpenAnotherAsync();
        Assert.Empty(Directory.GetFiles(Unfinished));
    }

    [Fact]
    public async Task TwoWhoFetchTheSameDoNotWriteIntoOneFile()
    {
        var bucket = new FakeBucket(_ => Answer(Zip, "\"v1\""));
        var source = bucket.Source(unfinished: Unfinished);

        using var first = await source.OpenAsync(Archive("npm"), null, default);
        Assert.Empty(bucket.Log.Lines);
        using var second = await source.OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(first!));
        Assert.Equal(Zip, await BytesAsync(second!));
        Assert.Contains("osv.example would begin anew after a restart", Assert.Single(bucket.Log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFolderThatCantBeMadeIsDoneWithout()
    {
        await File.WriteAllTextAsync(Unfinished, "a file");

        var bucket = new FakeBucket(_ => Answer(Zip, "\"v1\""));
        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
        Assert.Contains("can't be kept in the data folder", Assert.Single(bucket.Log.Lines), StringComparison.Ordinal);
    }

    [MountFact]
    public async Task ADiskThatIsFullKeepsNothingOfIt()
    {
        Directory.CreateDirectory(Unfinished);
        using var disk = new SmallDisk(256 << 10);
        disk.Mount(Unfinished);
        // As it comes over TLS: less at a time than any buffer holds.
        var bucket = new FakeBucket(_ => Sips(new byte[1 << 20], "\"v1\""));

        var failure = await Assert.ThrowsAsync<FeedException>(() => bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default));

        Assert.StartsWith("The download could not be stored: ", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Unfinished));
    }

    private static HttpResponseMessage Sips(byte[] body, string tag)
    {
        var answer = Answer([], tag);
        answer.Content = new StreamContent(new Sipped(body));
        return answer;
    }

    private sealed class Sipped(byte[] body) : MemoryStream(body)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(buffer.Length, 16 * 1024)], cancellationToken);
    }
}
