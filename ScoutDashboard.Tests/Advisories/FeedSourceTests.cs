using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using ScoutDashboard.Advisories;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories;

public sealed class FeedSourceTests
{
    private static readonly byte[] Zip = ZipOf("GHSA-1", """{"id": "GHSA-1"}""");

    [Fact]
    public async Task AnArchiveIsFetchedFromItsEncodedAddressAndGoesWithItsHandle()
    {
        var bucket = new Bucket(_ => Answer(Zip, "\"v1\""));

        string path;
        using (var archive = await bucket.Source("https://osv.example/mirror/").OpenAsync(Archive("Rocky Linux"), null, CancellationToken.None))
        {
            Assert.Equal("\"v1\"", archive!.Tag);
            using var read = new MemoryStream();
            await archive.Content.CopyToAsync(read);
            Assert.Equal(Zip, read.ToArray());
            path = Assert.IsType<FileStream>(archive.Content).Name;
        }

        Assert.Equal("https://osv.example/mirror/Rocky%20Linux/all.zip", bucket.Asked.Single().RequestUri!.AbsoluteUri);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task AMirrorsSignatureIsSentButNeverShown()
    {
        var bucket = new Bucket(_ => new HttpResponseMessage(HttpStatusCode.Forbidden));
        var source = bucket.Source("https://ada:pass@osv.example/mirror?sig=secret");

        var failure = await Assert.ThrowsAsync<FeedException>(() => source.OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.Equal("?sig=secret", bucket.Asked.Single().RequestUri!.Query);
        Assert.Equal("osv.example answered 403.", failure.Message);
        Assert.Equal("https://osv.example/mirror", bucket.Options.DisplaySource);
    }

    [Fact]
    public async Task AnUnchangedArchiveIsNotFetchedAgain()
    {
        var bucket = new Bucket(request => request.Headers.IfNoneMatch.ToString() == "\"v1\"" ? new HttpResponseMessage(HttpStatusCode.NotModified) : Answer(Zip, "\"v1\""));

        Assert.Null(await bucket.Source().OpenAsync(Archive("npm"), "\"v1\"", CancellationToken.None));
    }

    [Fact]
    public async Task AFileThatTheSourceLacksIsNamed()
    {
        var failure = await Assert.ThrowsAsync<FeedException>(
            () => new Bucket(_ => new HttpResponseMessage(HttpStatusCode.NotFound)).Source().OpenAsync(Archive("Rocky Linux"), null, CancellationToken.None));

        Assert.True(failure.IsMissing);
        Assert.Equal("osv.example does not have the file /Rocky Linux/all.zip.", failure.Message);
    }

    [Fact]
    public async Task ADownloadThatEndsEarlyIsNoArchive()
    {
        var bucket = new Bucket(_ =>
        {
            var answer = Answer(Zip[..^10], "\"v1\"");
            answer.Content.Headers.ContentLength = Zip.Length;
            return answer;
        });

        Assert.Contains("ended after", (await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABrokenConnectionIsAReasonNotACrash()
    {
        var bucket = new Bucket(_ => throw new HttpRequestException("Name or service not known (osv.example:443)"));

        var failure = await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.Contains("Name or service not known", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://osv.example")]
    [InlineData("ftp://osv.example")]
    public async Task OnlyHttpsOrThisMachineIsAsked(string source)
    {
        var bucket = new Bucket(_ => Answer(Zip, "\"v1\""));

        await Assert.ThrowsAsync<FeedException>(() => bucket.Source(source).OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.Empty(bucket.Asked);
    }

    [Fact]
    public async Task PlainHttpIsFineOnThisMachine()
    {
        using var archive = await new Bucket(_ => Answer(Zip, null)).Source("http://127.0.0.1:9000/osv").OpenAsync(Archive("npm"), null, CancellationToken.None);

        Assert.NotNull(archive);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../npm")]
    [InlineData("a\\b")]
    [InlineData("")]
    public async Task ANameThatIsAPathIsRefused(string ecosystem)
    {
        using var folder = new AdvisoryFolder();
        folder.Add("npm", "a", "GHSA-1", null);

        await Assert.ThrowsAsync<FeedException>(() => new Bucket(_ => Answer(Zip, null)).Source(folder.Path).OpenAsync(Archive(ecosystem), null, CancellationToken.None));
    }

    [Fact]
    public async Task AFolderIsReadLikeTheBucketUntilItsFileChanges()
    {
        using var folder = new AdvisoryFolder();
        folder.Add("npm", "a", "GHSA-1", null);
        var source = new Bucket(_ => throw new InvalidOperationException()).Source(folder.Path);

        string? tag;
        using (var first = await source.OpenAsync(Archive("npm"), null, CancellationToken.None))
        {
            tag = first!.Tag;
        }

        Assert.Null(await source.OpenAsync(Archive("npm"), tag, CancellationToken.None));
        folder.Add("npm", "b", "GHSA-2", null);
        using var second = await source.OpenAsync(Archive("npm"), tag, CancellationToken.None);
        Assert.NotNull(second);
        Assert.True((await Assert.ThrowsAsync<FeedException>(() => source.OpenAsync(Archive("Debian"), null, CancellationToken.None))).IsMissing);
    }

    [Fact]
    public async Task AMissingFolderIsNamed() => Assert.Contains(
        "/no/such/folder",
        (await Assert.ThrowsAsync<FeedException>(() => new Bucket(_ => Answer(Zip, null)).Source("/no/such/folder").OpenAsync(Archive("npm"), null, CancellationToken.None))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task ADownloadThatBreaksOffGoesOnWhereItStopped()
    {
        var bucket = new Bucket(request => request.Headers.Range is null ? Broken(Answer(Zip, "\"v1\"")) : Rest(request, "\"v1\""));

        using var archive = await bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None);

        Assert.Equal(Zip, await BytesAsync(archive!.Content));
        Assert.Equal(2, bucket.Asked.Count);
        Assert.Equal(("bytes=40-", "\"v1\""), (bucket.Asked[1].Headers.Range!.ToString(), bucket.Asked[1].Headers.IfRange!.ToString()));
    }

    [Fact]
    public async Task AFileThatChangedMeanwhileIsFetchedFromItsStart()
    {
        var bucket = new Bucket(request => request.Headers.Range is null ? Broken(Answer(Zip, "\"v1\"")) : Answer([1, 2, 3], "\"v2\""));

        using var archive = await bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None);

        Assert.Equal([1, 2, 3], await BytesAsync(archive!.Content));
        Assert.Equal("\"v2\"", archive.Tag);
    }

    [Fact]
    public async Task APartOfAnotherVersionIsNeverPutBehind()
    {
        var bucket = new Bucket(request => request.Headers.Range is not null ? Rest(request, "\"v2\"") : Broken(Answer(Zip, "\"v1\"")));

        await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.True(bucket.Asked.Count <= 10);
    }

    [Theory]
    [InlineData("W/\"v1\"")]
    [InlineData(null)]
    public async Task WithoutAStrongTagNothingIsContinued(string? tag)
    {
        var bucket = new Bucket(_ => Broken(Answer(Zip, tag)));

        await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.Null(Assert.Single(bucket.Asked).Headers.Range);
    }

    [Fact]
    public async Task WithoutATagTheTimeOfChangeTells()
    {
        var modified = new DateTimeOffset(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);
        var bucket = new Bucket(request =>
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
        var moved = new Bucket(request => request.RequestUri!.Host == "osv.example" ? Redirect("https://cdn.example/npm.zip") : Answer(Zip, null));
        using var archive = await moved.Source().OpenAsync(Archive("npm"), null, CancellationToken.None);
        Assert.Equal(Zip, await BytesAsync(archive!.Content));

        foreach (var target in new[] { "http://cdn.example/npm.zip", "http://127.0.0.1/npm.zip", "file:///etc/passwd" })
        {
            var bucket = new Bucket(request => request.RequestUri!.Host == "osv.example" ? Redirect(target) : Answer(Zip, null));
            await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None));
            Assert.Single(bucket.Asked);
        }

        await Assert.ThrowsAsync<FeedException>(() => new Bucket(_ => Redirect("/round")).Source().OpenAsync(Archive("npm"), null, CancellationToken.None));
    }

    [Fact]
    public async Task AFileOverItsLimitIsNotTakenWhateverTheServerSaysOfItsSize()
    {
        foreach (var length in new long?[] { 1 << 21, null })
        {
            var bucket = new Bucket(_ =>
            {
                var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new MemoryStream(new byte[1 << 21])) };
                answer.Content.Headers.ContentLength = length;
                return answer;
            });

            Assert.Contains("larger than", (await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void PlainHttpIsFineFromAHostThatIsNamedForIt()
    {
        var options = new AdvisoryOptions("http://mirror.corp:8080/osv", TimeSpan.FromDays(1), TimeSpan.FromMinutes(15), []) { PlainHosts = ["mirror.corp:8080"] };

        Assert.True(options.MayRead(new Uri("http://mirror.corp:8080/osv/npm/all.zip")));
        Assert.False(options.MayRead(new Uri("http://mirror.corp/osv")));
        Assert.False(options.MayRead(new Uri("ftp://mirror.corp:8080/osv")));
    }

    [Theory]
    [InlineData("npm/all.zip", true)]
    [InlineData("Rocky Linux/RLSA-2026:1.json", true)]
    [InlineData("../kev.json", false)]
    [InlineData("npm/../../kev.json", false)]
    [InlineData("npm//all.zip", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("npm\\all.zip", false)]
    [InlineData("npm/%2e%2e/a", false)]
    [InlineData("npm/a\nb", false)]
    public void APathOfAFeedIsMadeOfPlainNames(string path, bool plain) => Assert.Equal(plain, new FeedFile(path, null, 1).IsPlain);

    private static FeedFile Archive(string ecosystem) => new($"{ecosystem}/all.zip", null, 1 << 20);

    private static HttpResponseMessage Answer(byte[] body, string? tag)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) };
        if (tag is not null)
        {
            answer.Headers.TryAddWithoutValidation("ETag", tag);
        }

        return answer;
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

    private static byte[] ZipOf(string id, string json)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create))
        using (var entry = new StreamWriter(zip.CreateEntry($"{id}.json").Open()))
        {
            entry.Write(json);
        }

        return bytes.ToArray();
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

    /// <summary>A bucket that answers as the test says and remembers what was asked.</summary>
    private sealed class Bucket(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler, IHttpClientFactory
    {
        public List<HttpRequestMessage> Asked { get; } = [];
        public AdvisoryOptions Options { get; private set; } = null!;

        public FeedSource Source(string source = "https://osv.example")
        {
            Options = new AdvisoryOptions(source, TimeSpan.FromDays(1), TimeSpan.FromMinutes(15), []);
            return new FeedSource(new FeedDownloader(this, Options, TimeProvider.System), Options);
        }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request);
            return Task.FromResult(answer(request));
        }
    }
}
