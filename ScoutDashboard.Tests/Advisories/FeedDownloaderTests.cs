using System.Net;
using System.Net.Http.Headers;
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

    // What comes after the 40th byte never arrives.
    private static HttpResponseMessage Broken(HttpResponseMessage answer)
    {
        answer.Content = new BrokenContent(Zip[..40]) { Headers = { ContentLength = Zip.Length } };
        return answer;
    }

    private static HttpResponseMessage Rest(HttpRequestMessage request, string tag)
    {
        var from = (int)request.Headers.Range!.Ranges.Single().From!.Value;
        var answer = Answer(Zip[from..], tag);
        answer.StatusCode = HttpStatusCode.PartialContent;
        answer.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, Zip.Length - 1, Zip.Length);
        return answer;
    }

    private static HttpResponseMessage Redirect(string target) => new(HttpStatusCode.Found) { Headers = { Location = new Uri(target, UriKind.RelativeOrAbsolute) } };

    private static async Task<byte[]> BytesAsync(Stream stream)
    {
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }

    private sealed class BrokenContent(byte[] start) : HttpContent
    {
        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new Breaking(start));

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private sealed class Breaking(byte[] start) : MemoryStream(start)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, count) is > 0 and var read ? read : throw new IOException("The connection was reset.");

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("The connection was reset.");
    }
}
