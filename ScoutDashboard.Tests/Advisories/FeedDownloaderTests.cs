using System.Net;
using ScoutDashboard.Advisories;
using static ScoutDashboard.Tests.Advisories.FakeBucket;

namespace ScoutDashboard.Tests.Advisories;

/// <summary>How one file is fetched from the web, through the source that asks for it.</summary>
public sealed class FeedDownloaderTests
{
    [Fact]
    public async Task ADownloadThatBreaksOffGoesOnWhereItStopped()
    {
        var bucket = new FakeBucket(request => request.Headers.Range is null ? Broken(Answer(Zip, "\"v1\"")) : Rest(request, "\"v1\""));

        using var archive = await bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None);

        Assert.Equal(Zip, await BytesAsync(archive!.Content));
        Assert.Equal(2, bucket.Asked.Count);
        Assert.Equal(("bytes=40-", "\"v1\""), (bucket.Asked[1].Headers.Range!.ToString(), bucket.Asked[1].Headers.IfRange!.ToString()));
    }

    [Fact]
    public async Task AFileThatChangedMeanwhileIsFetchedFromItsStart()
    {
        var bucket = new FakeBucket(request => request.Headers.Range is null ? Broken(Answer(Zip, "\"v1\"")) : Answer([1, 2, 3], "\"v2\""));

        using var archive = await bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None);

        Assert.Equal([1, 2, 3], await BytesAsync(archive!.Content));
        Assert.Equal("\"v2\"", archive.Tag);
    }

    [Fact]
    public async Task APartOfAnotherVersionIsNeverPutBehind()
    {
        var bucket = new FakeBucket(request => request.Headers.Range is not null ? Rest(request, "\"v2\"") : Broken(Answer(Zip, "\"v1\"")));

        await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.True(bucket.Asked.Count <= 10);
    }

    [Theory]
    [InlineData("W/\"v1\"")]
    [InlineData(null)]
    public async Task WithoutAStrongTagNothingIsContinued(string? tag)
    {
        var bucket = new FakeBucket(_ => Broken(Answer(Zip, tag)));

        await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.Null(Assert.Single(bucket.Asked).Headers.Range);
    }

    [Fact]
    public async Task WithoutATagTheTimeOfChangeTells()
    {
        var modified = new DateTimeOffset(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);
        var bucket = new FakeBucket(request =>
        {
            var answer = request.Headers.IfModifiedSince == modified ? new HttpResponseMessage(HttpStatusCode.NotModified) : Answer(Zip, null);
            answer.Content.Headers.LastModified = modified;
            return answer;
        });
        var source = bucket.Source();
        using var first = await source.OpenAsync(Archive("npm"), null, CancellationToken.None);

        Assert.Null(await source.OpenAsync(Archive("npm"), first!.Tag, CancellationToken.None));
    }

    [Fact]
    public async Task ARedirectIsFollowedButNeverToPlainHttp()
    {
        var moved = new FakeBucket(request => request.RequestUri!.Host == "osv.example" ? Redirect("https://cdn.example/npm.zip") : Answer(Zip, null));
        using var archive = await moved.Source().OpenAsync(Archive("npm"), null, CancellationToken.None);
        Assert.Equal(Zip, await BytesAsync(archive!.Content));

        foreach (var target in new[] { "http://cdn.example/npm.zip", "http://127.0.0.1/npm.zip", "file:///etc/passwd" })
        {
            var bucket = new FakeBucket(request => request.RequestUri!.Host == "osv.example" ? Redirect(target) : Answer(Zip, null));
            await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None));
            Assert.Single(bucket.Asked);
        }

        await Assert.ThrowsAsync<FeedException>(() => new FakeBucket(_ => Redirect("/round")).Source().OpenAsync(Archive("npm"), null, CancellationToken.None));
    }

    [Fact]
    public async Task AFileOverItsLimitIsNotTakenWhateverTheServerSaysOfItsSize()
    {
        foreach (var length in new long?[] { 1 << 21, null })
        {
            var bucket = new FakeBucket(_ =>
            {
                var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new MemoryStream(new byte[1 << 21])) };
                answer.Content.Headers.ContentLength = length;
                return answer;
            });

            Assert.Contains("larger than", (await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None))).Message, StringComparison.Ordinal);
        }
    }

    private static HttpResponseMessage Redirect(string target) => new(HttpStatusCode.Found) { Headers = { Location = new Uri(target, UriKind.RelativeOrAbsolute) } };

    private static async Task<byte[]> BytesAsync(Stream stream)
    {
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }
}
