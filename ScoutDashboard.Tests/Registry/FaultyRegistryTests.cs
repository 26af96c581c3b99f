using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Registry;

/// <summary>Faults on the real wire: never a smaller result, always a reason.</summary>
public sealed class FaultyRegistryTests : IAsyncLifetime
{
    private RegistryHost _registry = null!;
    private FaultyRegistry _faulty = null!;
    private RegistryClient _client = null!;
    private string _digest = "";

    public async Task InitializeAsync()
    {
        _registry = await RegistryHost.StartAsync();
        _faulty = await FaultyRegistry.StartAsync(_registry);
        _client = TestRegistryClient.Create(_faulty.AllowedHosts);
        using var layout = new OciLayout();
        layout.Add("1.0", new OciImageBuilder().Layer("COPY a /a", ("a", "content")));
        _digest = await _registry.PushAsync(layout.Folder, "1.0", "team/app");
    }

    public async Task DisposeAsync()
    {
        await _faulty.DisposeAsync();
        await _registry.DisposeAsync();
    }

    [Theory]
    [InlineData(RegistryFault.BreaksOff, RegistryError.Truncated)]
    [InlineData(RegistryFault.EndsEarly, RegistryError.Truncated)]
    [InlineData(RegistryFault.OtherBytes, RegistryError.DigestMismatch)]
    [InlineData(RegistryFault.Throttled, RegistryError.Throttled)]
    [InlineData(RegistryFault.Refused, RegistryError.PullDenied)]
    [InlineData(RegistryFault.Down, RegistryError.ServerError)]
    [InlineData(RegistryFault.RedirectsElsewhere, RegistryError.UntrustedRedirect)]
    public async Task ASpoiledBlobIsRefusedAndAHealedOneRead(RegistryFault fault, RegistryError error)
    {
        var config = (await ReadAsync()).Config;
        _faulty.Spoil(config.Digest.Value, fault);

        Assert.Equal(error, (await FakeAzure.RefusedAsync(() => BlobAsync(config))).Error);

        _faulty.Heal();
        Assert.Equal(config.Digest, Digest.Of(await BlobAsync(config)));
    }

    [Theory]
    [InlineData(RegistryFault.OtherBytes, RegistryError.DigestMismatch)]
    [InlineData(RegistryFault.EndsEarly, RegistryError.DigestMismatch)]
    [InlineData(RegistryFault.BreaksOff, RegistryError.Truncated)]
    public async Task ASpoiledManifestIsRefused(RegistryFault fault, RegistryError error)
    {
        _faulty.Spoil("/manifests/", fault);

        Assert.Equal(error, (await FakeAzure.RefusedAsync(ReadAsync)).Error);
    }

    [Fact]
    public async Task AFaultThatPassesIsNotNoticed()
    {
        _faulty.Spoil("/manifests/", RegistryFault.Down, times: 2);

        Assert.Single((await ReadAsync()).Layers);
        Assert.Equal(4, _faulty.Requests.Count(request => request.Contains("/manifests/", StringComparison.Ordinal))); // One of them to be asked for a token.
    }

    [Fact]
    public async Task ATokenThatEndsInTheMiddleIsAskedForAnew()
    {
        var config = (await ReadAsync()).Config;
        _faulty.Spoil("/blobs/", RegistryFault.Expired, times: 1);

        Assert.Equal(config.Digest, Digest.Of(await BlobAsync(config)));
    }

    private async Task<ImageManifest> ReadAsync() =>
        (ImageManifest)(await _client.GetManifestAsync(_faulty.Access, "team/app", _digest, CancellationToken.None)).Content;

    private Task<byte[]> BlobAsync(Descriptor blob) => _client.GetBlobAsync(_faulty.Access, "team/app", blob, 1000, CancellationToken.None);
}
