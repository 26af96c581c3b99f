using System.Net;
using System.Net.Http.Headers;
using ScoutDashboard.Advisories;
using static ScoutDashboard.Tests.Advisories.FakeBucket;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>What the next program makes of what is left of a download.</summary>
public sealed class FeedResumeTests : IDisposable
{
    private static readonly DateTimeOffset ChangedAt = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("scout-parts-").FullName;

    private string Unfinished => Path.Combine(_folder, "downloads");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("https://osv.example")]
    [InlineData("https://osv.example/?sig=tomorrow")]
    public async Task AnotherProgramGoesOnWhereOneStopped(string source)
    {
        await BreakOffAsync(Unfinished, "\"v1\"");
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
    public async Task AFileThatChangedMeanwhileIsFetchedFromItsStart()
    {
        await BreakOffAsync(Unfinished, "\"v1\"");

        using var archive = await new FakeBucket(_ => Answer([1, 2, 3], "\"v2\"")).Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal([1, 2, 3], await BytesAsync(archive!));
        Assert.Equal("\"v2\"", archive!.Tag);
    }

    [Fact]
    public async Task WhatWasWholeWhenTheProgramWasKilledIsNotSentAgain()
    {
        await BreakOffAsync(Unfinished, "\"v1\"");
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
        await BreakOffAsync(Unfinished, "\"v1\"");
        var bucket = new FakeBucket(request => request.Headers.Range is null ? Answer(Zip, "\"v1\"") : Nothing(length));

        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
    }

    // A proxy may not like the question, or answer it in the place of who could.
    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.PreconditionFailed)]
    [InlineData(HttpStatusCode.NotImplemented)]
    public async Task WhoeverRefusesToGoOnIsAskedForTheWhole(HttpStatusCode refusal)
    {
        await BreakOffAsync(Unfinished, "\"v1\"");
        var bucket = new FakeBucket(request => request.Headers.Range is null ? Answer(Zip, "\"v1\"") : new HttpResponseMessage(refusal));

        using var archive = await bucket.Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
        Assert.Equal(2, bucket.Asked.Count);
    }

    [Fact]
    public async Task WhoIsOnlyBusyIsAskedForTheRestTheNextTime()
    {
        await BreakOffAsync(Unfinished, "\"v1\"");
        await Assert.ThrowsAsync<FeedException>(() => new FakeBucket(_ => new HttpResponseMessage(HttpStatusCode.TooManyRequests)).Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default));

        using var archive = await new FakeBucket(request => Rest(request, "\"v1\"")).Source(unfinished: Unfinished).OpenAsync(Archive("npm"), null, default);

        Assert.Equal(Zip, await BytesAsync(archive!));
    }

    [Fact]
    public async Task APartOfTheRestIsNotTakenForAllOfIt()
    {
        await BreakOffAsync(Unfinished, "\"v1\"");
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
        await BreakOffAsync(Unfinished, null, ChangedAt);
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
}
