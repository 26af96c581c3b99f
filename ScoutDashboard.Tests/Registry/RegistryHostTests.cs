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
}
