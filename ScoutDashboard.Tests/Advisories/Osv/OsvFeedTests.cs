using System.IO.Compression;
using System.Net;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Advisories.Osv;

public sealed class OsvFeedTests
{
    private static readonly byte[] Zip = ZipOf("GHSA-1", """{"id": "GHSA-1"}""");

    [Fact]
    public async Task AnArchiveIsFetchedFromItsEncodedAddressAndGoesWithItsHandle()
    {
        var bucket = new Bucket(_ => Answer(Zip, "\"v1\""));

        string path;
        using (var archive = await bucket.Feed("https://osv.example/mirror/").FetchAsync("Rocky Linux", null, CancellationToken.None))
        {
            Assert.Equal("\"v1\"", archive!.Tag);
            using var read = new MemoryStream();
            await archive.Content.CopyToAsync(read);
            Assert.Equal(Zip, read.ToArray());
            path = ((FileStream)archive.Content).Name;
        }

        Assert.Equal("https://osv.example/mirror/Rocky%20Linux/all.zip", bucket.Asked.Single().RequestUri!.AbsoluteUri);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task AMirrorsSignatureIsSentButNeverShown()
    {
        var bucket = new Bucket(_ => new HttpResponseMessage(HttpStatusCode.Forbidden));
        var feed = bucket.Feed("https://ada:pass@osv.example/mirror?sig=secret");

        var failure = await Assert.ThrowsAsync<FeedException>(() => feed.FetchAsync("npm", null, CancellationToken.None));

        Assert.Equal("?sig=secret", bucket.Asked.Single().RequestUri!.Query);
        Assert.Equal("osv.example answered 403.", failure.Message);
        Assert.Equal("https://osv.example/mirror", bucket.Options.DisplaySource);
    }

    [Fact]
    public async Task AnUnchangedArchiveIsNotFetchedAgain()
    {
        var bucket = new Bucket(request => request.Headers.IfNoneMatch.ToString() == "\"v1\"" ? new HttpResponseMessage(HttpStatusCode.NotModified) : Answer(Zip, "\"v1\""));

        Assert.Null(await bucket.Feed().FetchAsync("npm", "\"v1\"", CancellationToken.None));
    }

    [Fact]
    public async Task AnEcosystemThatTheSourceLacksIsNamed() => Assert.Equal(
        "The source has no data for Wolfi.",
        (await Assert.ThrowsAsync<FeedException>(() => new Bucket(_ => new HttpResponseMessage(HttpStatusCode.NotFound)).Feed().FetchAsync("Wolfi", null, CancellationToken.None))).Message);

    [Fact]
    public async Task ADownloadThatEndsEarlyIsNoArchive()
    {
        var bucket = new Bucket(_ =>
        {
            var answer = Answer(Zip[..^10], "\"v1\"");
            answer.Content.Headers.ContentLength = Zip.Length;
            return answer;
        });

        Assert.Contains("ended after", (await Assert.ThrowsAsync<FeedException>(() => bucket.Feed().FetchAsync("npm", null, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABrokenConnectionIsAReasonNotACrash()
    {
        var bucket = new Bucket(_ => throw new HttpRequestException("Name or service not known (osv.example:443)"));

        var failure = await Assert.ThrowsAsync<FeedException>(() => bucket.Feed().FetchAsync("npm", null, CancellationToken.None));

        Assert.Contains("Name or service not known", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://osv.example")]
    [InlineData("ftp://osv.example")]
    public async Task OnlyHttpsOrThisMachineIsAsked(string source)
    {
        var bucket = new Bucket(_ => Answer(Zip, "\"v1\""));

        await Assert.ThrowsAsync<FeedException>(() => bucket.Feed(source).FetchAsync("npm", null, CancellationToken.None));

        Assert.Empty(bucket.Asked);
    }

    [Fact]
    public async Task PlainHttpIsFineOnThisMachine()
    {
        using var archive = await new Bucket(_ => Answer(Zip, null)).Feed("http://127.0.0.1:9000/osv").FetchAsync("npm", null, CancellationToken.None);

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

        await Assert.ThrowsAsync<FeedException>(() => new Bucket(_ => Answer(Zip, null)).Feed(folder.Path).FetchAsync(ecosystem, null, CancellationToken.None));
    }

    [Fact]
    public async Task AFolderIsReadLikeTheBucketUntilItsFileChanges()
    {
        using var folder = new AdvisoryFolder();
        folder.Add("npm", "a", "GHSA-1", null);
        var feed = new Bucket(_ => throw new InvalidOperationException()).Feed(folder.Path);

        string? tag;
        using (var first = await feed.FetchAsync("npm", null, CancellationToken.None))
        {
            tag = first!.Tag;
        }

        Assert.Null(await feed.FetchAsync("npm", tag, CancellationToken.None));
        folder.Add("npm", "b", "GHSA-2", null);
        using var second = await feed.FetchAsync("npm", tag, CancellationToken.None);
        Assert.NotNull(second);
        Assert.Equal(
            "The source has no data for Debian.",
            (await Assert.ThrowsAsync<FeedException>(() => feed.FetchAsync("Debian", null, CancellationToken.None))).Message);
    }

    [Fact]
    public async Task AMissingFolderIsNamed() => Assert.Contains(
        "/no/such/folder",
        (await Assert.ThrowsAsync<FeedException>(() => new Bucket(_ => Answer(Zip, null)).Feed("/no/such/folder").FetchAsync("npm", null, CancellationToken.None))).Message, StringComparison.Ordinal);

    private static HttpResponseMessage Answer(byte[] body, string? tag)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body) };
        if (tag is not null)
        {
            answer.Headers.TryAddWithoutValidation("ETag", tag);
        }

        return answer;
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

    /// <summary>A bucket that answers as the test says and remembers what was asked.</summary>
    private sealed class Bucket(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler, IHttpClientFactory
    {
        public List<HttpRequestMessage> Asked { get; } = [];
        public AdvisoryOptions Options { get; private set; } = null!;

        public OsvFeed Feed(string source = "https://osv.example")
        {
            Options = new AdvisoryOptions(source, TimeSpan.FromDays(1), TimeSpan.FromMinutes(15), []);
            return new OsvFeed(this, Options);
        }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request);
            return Task.FromResult(answer(request));
        }
    }
}
