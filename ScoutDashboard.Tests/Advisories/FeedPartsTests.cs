using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Advisories;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Advisories.FakeBucket;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>What is left of a download that did not come to its end, and what the next program makes of it.</summary>
public sealed class FeedPartsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scout-parts-").FullName;

    private static readonly DateTimeOffset ChangedAt = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);

    private string Unfinished => Path.Combine(_folder, "downloads");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("https://osv.example")]
    [InlineData("https://osv.example/?sig=tomorrow")]
    public async Task AnotherProgramGoesOnWhereOneStopped(string source)
    {
        await BreakOffAsync("\"v1\"");
        var bucket = new FakeBucket(request => Rest(request, "\"v1\""));

        using (var archive = await bucket.Source(source, Unfinished).OpenAsync(Archive("npm"), "\"v0\"", default))
        {
            Assert.Equal(Zip, await BytesAsync(archive!));
            Assert.Equal("\"v1\"", archive!.Tag);
        }

        Assert.Equal(("bytes=40-", "\"v1\""), (bucket.Asked.Single().Headers.Range!.ToString(), bucket.Asked[0].Headers.IfRange!.ToString()));
        Assert.Empty(Directory.GetFiles(Unfinished));
    }

    [Fact]
    public async Task EachFileHasItsOwn()
    {
        await BreakOffAsync("\"v1\"");
        var bucket = new FakeBucket(_ => Answer(Zip, "\"v1\""));

        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("PyPI"), null, default);

        Assert.Null(bucket.Asked.Single().Headers.Range);
    }

    [Fact]
    public async Task AFileThatChangedMeanwhileIsFetchedFromItsStart()
    {
        await BreakOffAsync("\"v1\"");

        using var archive = await new FakeBucket(_ => Answer([1, 2, 3], "\"v2\"")).Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal([1, 2, 3], await BytesAsync(archive!));
        Assert.Equal("\"v2\"", archive!.Tag);
    }

    [Fact]
    public async Task WhatWasWholeWhenTheProgramWasKilledIsNotSentAgain()
    {
        await BreakOffAsync("\"v1\"");
        await File.WriteAllBytesAsync(Directory.GetFiles(Unfinished, "*.part").Single(), Zip);
        var bucket = new FakeBucket(_ => Nothing(Zip.Length));

        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
        Assert.Single(bucket.Asked);
    }

    [Theory]
    [InlineData(39)]
    [InlineData(41)]
    public async Task WhatIsOfAnotherLengthThanTheServersIsFetchedFromItsStart(int length)
    {
        await BreakOffAsync("\"v1\"");
        var bucket = new FakeBucket(request => request.Headers.Range is null ? Answer(Zip, "\"v1\"") : Nothing(length));

        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
    }

    [Theory]
    [InlineData("\"v")]
    [InlineData("modified:Mon")]
    [InlineData("W/\"v1\"")]
    [InlineData("")]
    [InlineData(null)]
    public async Task ANoteThatWasNotWrittenToItsEndCountsAsNone(string? note)
    {
        await BreakOffAsync("\"v1\"");
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
        await BreakOffAsync("W/\"v1\"");

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

    // A proxy may not like the question, or answer it in the place of who could.
    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.PreconditionFailed)]
    [InlineData(HttpStatusCode.NotImplemented)]
    public async Task WhoeverRefusesToGoOnIsAskedForTheWhole(HttpStatusCode refusal)
    {
        await BreakOffAsync("\"v1\"");
        var bucket = new FakeBucket(request => request.Headers.Range is null ? Answer(Zip, "\"v1\"") : new HttpResponseMessage(refusal));

        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
        Assert.Equal(2, bucket.Asked.Count);
    }

    [Fact]
    public async Task WhoIsOnlyBusyIsAskedForTheRestTheNextTime()
    {
        await BreakOffAsync("\"v1\"");
        await Assert.ThrowsAsync<FeedException>(() => new FakeBucket(_ => new HttpResponseMessage(HttpStatusCode.TooManyRequests)).Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default));

        using var archive = await new FakeBucket(request => Rest(request, "\"v1\"")).Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
    }

    [Fact]
    public async Task APartOfTheRestIsNotTakenForAllOfIt()
    {
        await BreakOffAsync("\"v1\"");
        var bucket = new FakeBucket(request =>
        {
            var from = (int)request.Headers.Range!.Ranges.Single().From!.Value;
            var answer = Answer(Zip[from..Math.Min(from + 50, Zip.Length)], "\"v1\"");
            answer.StatusCode = HttpStatusCode.PartialContent;
            answer.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, Math.Min(from + 50, Zip.Length) - 1, Zip.Length);
            return answer;
        });

        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
        Assert.True(bucket.Asked.Count > 1);
    }

    [Fact]
    public async Task AnAnswerOfAnotherTimeIsNotPutBehind()
    {
        await BreakOffAsync(null, ChangedAt);
        var bucket = new FakeBucket(request =>
        {
            var answer = request.Headers.Range is null ? Answer([1, 2, 3], null) : Rest(request, null);
            answer.Content.Headers.LastModified = ChangedAt.AddHours(1);
            return answer;
        });

        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal([1, 2, 3], await BytesAsync(archive!));
        Assert.NotNull(bucket.Asked[0].Headers.Range);
    }

    [Fact]
    public async Task WhatIsWholeWhenTheProgramStopsIsNotSentAgain()
    {
        using var stopping = new CancellationTokenSource();
        using (await new FakeBucket(_ => Answer(Zip, "\"v1\"")).Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, stopping.Token))
        {
            await stopping.CancelAsync();
        }

        var bucket = new FakeBucket(_ => Nothing(Zip.Length));
        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
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
        await BreakOffAsync("\"v1\"");
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
        var source = new FakeBucket(_ => Answer(Zip, "\"v1\"")).Source(unfinished: Unfinished);

        using var first = await source.OpenAsync(Archive("npm"), null, default);
        using var second = await source.OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(first!));
        Assert.Equal(Zip, await BytesAsync(second!));
    }

    [Fact]
    public async Task AFolderThatCantBeMadeIsDoneWithout()
    {
        await File.WriteAllTextAsync(Unfinished, "a file");

        using var archive = await new FakeBucket(_ => Answer(Zip, "\"v1\"")).Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
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

    // Forty bytes come, then nobody answers any more.
    private async Task BreakOffAsync(string? tag, DateTimeOffset? changedAt = null)
    {
        var bucket = new FakeBucket(request =>
        {
            var answer = request.Headers.Range is null ? Broken(Answer(Zip, tag)) : throw new HttpRequestException("Connection refused");
            answer.Content.Headers.LastModified = changedAt;
            return answer;
        });
        await Assert.ThrowsAsync<FeedException>(() => bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default));
    }

    private static HttpResponseMessage Sips(byte[] body, string tag)
    {
        var answer = Answer([], tag);
        answer.Content = new StreamContent(new Sipped(body));
        return answer;
    }

    private static HttpResponseMessage Nothing(int length) => new(HttpStatusCode.RequestedRangeNotSatisfiable) { Content = new ByteArrayContent([]) { Headers = { ContentRange = new ContentRangeHeaderValue(length) } } };

    private static async Task<byte[]> BytesAsync(FetchedFile file)
    {
        using var read = new MemoryStream();
        await file.Content.CopyToAsync(read);
        return read.ToArray();
    }

    private sealed class Sipped(byte[] body) : MemoryStream(body)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(buffer.Length, 16 * 1024)], cancellationToken);
    }
}
