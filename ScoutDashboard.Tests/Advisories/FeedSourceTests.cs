using System.Net;
using ScoutDashboard.Advisories;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Advisories.FakeBucket;

namespace ScoutDashboard.Tests.Advisories;

public sealed class FeedSourceTests
{
    [Fact]
    public async Task AnArchiveIsFetchedFromItsEncodedAddressAndGoesWithItsHandle()
    {
        var bucket = new FakeBucket(_ => Answer(Zip, "\"v1\""));

        string path;
        using (var archive = await bucket.Source("https://osv.example/mirror/").OpenAsync(Archive("Rocky Linux"), null, CancellationToken.None))
        {
            Assert.Equal("\"v1\"", archive!.Tag);
            using var read = new MemoryStream();
            await archive.Content.CopyToAsync(read);
            Assert.Equal(Zip, read.ToArray());
            path = Assert.IsType<FileStream>(archive.Part!.Content).Name;
        }

        Assert.Equal("https://osv.example/mirror/Rocky%20Linux/all.zip", bucket.Asked.Single().RequestUri!.AbsoluteUri);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task AMirrorsSignatureIsSentButNeverShown()
    {
        var bucket = new FakeBucket(_ => new HttpResponseMessage(HttpStatusCode.Forbidden));
        var source = bucket.Source("https://ada:pass@osv.example/mirror?sig=secret");

        var failure = await Assert.ThrowsAsync<FeedException>(() => source.OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.Equal("?sig=secret", bucket.Asked.Single().RequestUri!.Query);
        Assert.Equal("osv.example answered 403.", failure.Message);
        Assert.Equal("https://osv.example/mirror", bucket.Options.DisplaySource);
    }

    [Fact]
    public async Task AnUnchangedArchiveIsNotFetchedAgain()
    {
        var bucket = new FakeBucket(request => request.Headers.IfNoneMatch.ToString() == "\"v1\"" ? new HttpResponseMessage(HttpStatusCode.NotModified) : Answer(Zip, "\"v1\""));

        Assert.Null(await bucket.Source().OpenAsync(Archive("npm"), "\"v1\"", CancellationToken.None));
    }

    [Fact]
    public async Task AFileThatTheSourceLacksIsNamed()
    {
        var failure = await Assert.ThrowsAsync<FeedException>(
            () => new FakeBucket(_ => new HttpResponseMessage(HttpStatusCode.NotFound)).Source().OpenAsync(Archive("Rocky Linux"), null, CancellationToken.None));

        Assert.True(failure.IsMissing);
        Assert.Equal("osv.example does not have the file /Rocky Linux/all.zip.", failure.Message);
    }

    [Fact]
    public async Task ADownloadThatEndsEarlyIsNoArchive()
    {
        var bucket = new FakeBucket(_ =>
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
        var bucket = new FakeBucket(_ => throw new HttpRequestException("Name or service not known (osv.example:443)"));

        var failure = await Assert.ThrowsAsync<FeedException>(() => bucket.Source().OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.Contains("Name or service not known", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingIsAskedByAnotherSchemeThanTheWebs()
    {
        var bucket = new FakeBucket(_ => Answer(Zip, "\"v1\""));

        await Assert.ThrowsAsync<FeedException>(() => bucket.Source("ftp://osv.example").OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.Empty(bucket.Asked);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000/osv")]
    [InlineData("http://mirror.corp/osv")]
    public async Task PlainHttpIsFineFromTheVeryHostThatIsNamedAsTheSource(string source)
    {
        using var archive = await new FakeBucket(_ => Answer(Zip, null)).Source(source).OpenAsync(Archive("npm"), null, CancellationToken.None);

        Assert.NotNull(archive);
    }

    [Theory]
    [InlineData("http://127.0.0.1/npm.zip")]
    [InlineData("http://mirror.corp:8080/npm.zip")]
    [InlineData("http://localhost/npm.zip")]
    public async Task AMirrorOverPlainHttpDoesNotOpenOthers(string target)
    {
        var bucket = new FakeBucket(_ => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri(target) } });

        await Assert.ThrowsAsync<FeedException>(() => bucket.Source("http://mirror.corp/osv").OpenAsync(Archive("npm"), null, CancellationToken.None));

        Assert.Single(bucket.Asked);
    }

    [Fact]
    public async Task AMirrorsPasswordIsSentToItAloneAndFollowsNoRedirect()
    {
        var bucket = new FakeBucket(request => request.RequestUri!.AbsolutePath.EndsWith("/moved", StringComparison.Ordinal) ? Answer(Zip, null)
            : new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new Uri("/moved", UriKind.Relative) } });

        using var archive = await bucket.Source("https://ada:p%40ss@osv.example/mirror").OpenAsync(Archive("npm"), null, CancellationToken.None);

        Assert.Equal(["Basic YWRhOnBAc3M=", null], bucket.Asked.Select(request => request.Headers.Authorization?.ToString()));
        Assert.All(bucket.Asked, request => Assert.Empty(request.RequestUri!.UserInfo));
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

        await Assert.ThrowsAsync<FeedException>(() => new FakeBucket(_ => Answer(Zip, null)).Source(folder.Path).OpenAsync(Archive(ecosystem), null, CancellationToken.None));
    }

    [Fact]
    public async Task AFolderIsReadLikeTheBucketUntilItsFileChanges()
    {
        using var folder = new AdvisoryFolder();
        folder.Add("npm", "a", "GHSA-1", null);
        var source = new FakeBucket(_ => throw new InvalidOperationException()).Source(folder.Path);

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
        (await Assert.ThrowsAsync<FeedException>(() => new FakeBucket(_ => Answer(Zip, null)).Source("/no/such/folder").OpenAsync(Archive("npm"), null, CancellationToken.None))).Message, StringComparison.Ordinal);

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
}
