using System.Net;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Registry;

/// <summary>The client against a real registry.</summary>
public sealed class RegistryHostTests : IAsyncLifetime
{
    private RegistryHost _registry = null!;
    private RegistryClient _client = null!;

    public async Task InitializeAsync()
    {
        _registry = await RegistryHost.StartAsync();
        _client = TestRegistryClient.Create(_registry.AllowedHosts);
    }

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    [Fact]
    public async Task AnImageIsReadAsItWasPushed()
    {
        using var layout = new OciLayout();
        var built = layout.Add("1.0", new OciImageBuilder().Layer("COPY a /a", ("a", "content")).Layer(new LayerTar().File("b", "zstd"), "COPY b /b", LayerCompression.Zstd));
        Assert.Equal(built, await _registry.PushAsync(layout.Folder, "1.0", "team/app"));

        var manifest = await _client.GetManifestAsync(_registry.Access, "team/app", "1.0", CancellationToken.None);

        Assert.Equal(built, manifest.Digest.Value);
        var image = Assert.IsType<ImageManifest>(manifest.Content);
        var config = await _client.GetBlobAsync(_registry.Access, "team/app", image.Config, 1024 * 1024, CancellationToken.None);
        Assert.Equal(image.Config.Digest, Digest.Of(config));
        await using var layer = await _client.OpenUnverifiedBlobAsync(_registry.Access, "team/app", image.Layers[0], CancellationToken.None);
        using var bytes = new MemoryStream();
        await layer.CopyToAsync(bytes);
        Assert.Equal(image.Layers[0].Digest, Digest.Of(bytes.ToArray()));
    }

    [Fact]
    public async Task AnIndexNamesItsPlatforms()
    {
        using var layout = new OciLayout();
        var built = layout.AddIndex("multi", new OciImageBuilder().Layer("COPY a /a", ("a", "amd64")), new OciImageBuilder("linux/arm64/v8").Layer("COPY a /a", ("a", "arm64")));
        Assert.Equal(built, await _registry.PushAsync(layout.Folder, "multi", "team/app", all: true));

        var index = Assert.IsType<ImageIndex>((await _client.GetManifestAsync(_registry.Access, "team/app", "multi", CancellationToken.None)).Content);

        Assert.Equal(["linux/amd64", "linux/arm64/v8"], index.Manifests.Select(child => child.Platform!.ToString()));
    }

    [Fact]
    public async Task TheCatalogueIsReadPageByPage()
    {
        await PushAsync("team/b");
        await PushAsync("a");
        await PushAsync("team/c");
        var lists = TestRegistryClient.Services(_registry.AllowedHosts).GetRequiredService<RegistryLists>();

        var names = new List<string>();
        await foreach (var name in lists.RepositoriesAsync(_registry.Access, pageSize: 1, CancellationToken.None))
        {
            names.Add(name);
        }

        Assert.Equal(["a", "team/b", "team/c"], names);
        Assert.Equal("a", await _client.CheckCatalogAsync(_registry.Access, CancellationToken.None));
    }

    [Fact]
    public async Task TheLatestTagIsThatOfTheNewestImageWhateverItsName()
    {
        await PushAsync("team/app", "9.0", new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var newest = await PushAsync("team/app", "1.0-hotfix", new DateTime(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc));
        await PushAsync("team/app", "latest", new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(("1.0-hotfix", newest), await _client.FindLatestTagAsync(_registry.Access, "team/app", CancellationToken.None) is { } tag ? (tag.Name, tag.Digest.Value) : default);
        Assert.Equal(3, (await _client.ListTagsAsync(_registry.Access, "team/app", 10, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task ADeletedImageIsNotFoundAndNoLatest()
    {
        var digest = await PushAsync("team/app");
        await _registry.DeleteManifestAsync("team/app", digest);

        Assert.Equal(RegistryError.NotFound, (await FakeAzure.RefusedAsync(() => _client.GetManifestAsync(_registry.Access, "team/app", digest, CancellationToken.None))).Error);
        Assert.Null(await _client.FindLatestTagAsync(_registry.Access, "team/app", CancellationToken.None));
    }

    [Fact]
    public async Task TheStepsOfTheConnectionTestTellWhatIsMissing()
    {
        await PushAsync("team/app");
        await _client.CheckEndpointAsync(_registry.Access.Hostname, CancellationToken.None);
        await _client.CheckTokenAsync(_registry.Access, CancellationToken.None);
        Assert.True(await _client.CheckPullAsync(_registry.Access, "team/app", CancellationToken.None));

        Assert.Equal(RegistryError.Unauthorized, (await FakeAzure.RefusedAsync(() => _client.CheckTokenAsync(_registry.Sign(RegistryHost.TokenName, TestSecrets.Of("wrong registry token")), CancellationToken.None))).Error);

        var fresh = TestRegistryClient.Create(_registry.AllowedHosts);
        _registry.Tokens.ReaderMayList = false;
        Assert.Equal(RegistryError.CatalogDenied, (await FakeAzure.RefusedAsync(() => fresh.CheckCatalogAsync(_registry.Access, CancellationToken.None))).Error);
        _registry.Tokens.ReaderMayPull = false;
        Assert.Equal(RegistryError.PullDenied, (await FakeAzure.RefusedAsync(() => fresh.CheckPullAsync(_registry.Access, "team/app", CancellationToken.None))).Error);
        _registry.Tokens.ReaderDisabled = true;
        Assert.Equal(RegistryError.TokenDisabled, (await FakeAzure.RefusedAsync(() => fresh.CheckTokenAsync(_registry.Access, CancellationToken.None))).Error);
    }

    [Fact]
    public async Task TheTokenThatReadsCanNotWrite()
    {
        var digest = await PushAsync("team/app");
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"http://{_registry.Host}/v2/team/app/manifests/{digest}");
        request.Headers.Authorization = new("Bearer", _registry.Tokens.Issue(RegistryHost.TokenName, ["repository:team/app:pull,push,delete"]));

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task OneTokenServesManyReads()
    {
        var digest = await PushAsync("team/app");
        var before = _registry.Tokens.Exchanges;

        for (var reads = 0; reads < 5; reads++)
        {
            await _client.GetManifestAsync(_registry.Access, "team/app", digest, CancellationToken.None);
        }

        Assert.Equal(1, _registry.Tokens.Exchanges - before);
    }

    [Fact]
    public async Task APushIsNotified()
    {
        var digest = await PushAsync("team/app", "7.0");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        var told = await _registry.Tokens.Notifications.ReadAsync(limit.Token);

        Assert.Equal(("push", "team/app", "7.0", digest), (told.Action, told.Repository, told.Tag, told.Digest));
    }

    private async Task<string> PushAsync(string repository, string tag = "1.0", DateTime? created = null)
    {
        using var layout = new OciLayout();
        layout.Add(tag, new OciImageBuilder { Created = created ?? new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc) }.Layer("COPY a /a", ("a", repository)));
        return await _registry.PushAsync(layout.Folder, tag, repository);
    }
}
