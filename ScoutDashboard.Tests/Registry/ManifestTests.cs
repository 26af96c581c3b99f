using System.Text;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Registry.FakeAzure;

namespace ScoutDashboard.Tests.Registry;

/// <summary>Manifests and small blobs: what is taken, and what is refused instead of half read.</summary>
public sealed class ManifestTests
{
    private const string Hex = "2222222222222222222222222222222222222222222222222222222222222222";
    private static readonly byte[] Blob = "{\"os\":\"linux\"}"u8.ToArray();

    [Fact]
    public async Task TheDigestIsThatOfTheBytes()
    {
        var manifest = Manifest($$"""{"mediaType":"l","digest":"sha256:{{Hex}}","size":7,"urls":["https://evil.example/"]}""");

        var read = await ReadAsync("1.0", manifest);

        Assert.Equal(Digest.Of(manifest), read.Digest);
        var layer = Assert.Single(Assert.IsType<ImageManifest>(read.Content).Layers);
        Assert.Equal((Hex, 7), (layer.Digest.Hex, layer.Size));
    }

    [Fact]
    public async Task AnotherManifestThanTheOneAskedForIsRefused() =>
        Assert.Equal(RegistryError.DigestMismatch, (await RefusedAsync(() => ReadAsync($"sha256:{Hex}", Manifest()))).Error);

    [Theory]
    [InlineData("""{"mediaType":"l","digest":"sha256:2222222222222222222222222222222222222222222222222222222222222222","size":-1}""")]
    [InlineData("""{"mediaType":"l","digest":"sha256:2222222222222222222222222222222222222222222222222222222222222222","size":99999999999999999999}""")]
    [InlineData("""{"mediaType":"l","digest":"sha256:2222222222222222222222222222222222222222222222222222222222222222","size":"7"}""")]
    [InlineData("""{"mediaType":"l","digest":"sha256:2222222222222222222222222222222222222222222222222222222222222222"}""")]
    [InlineData("""{"mediaType":"l","digest":"sha256:../../etc/passwd","size":1}""")]
    [InlineData("""{"mediaType":"l","digest":"md5:d41d8cd98f00b204e9800998ecf8427e","size":1}""")]
    [InlineData("""{"mediaType":"l","size":1}""")]
    [InlineData("7")]
    [InlineData("null")]
    public async Task ALayerWithoutValidDigestAndSizeSpoilsTheManifest(string layer) =>
        Assert.Equal(RegistryError.BadResponse, (await RefusedAsync(() => ReadAsync("1.0", Manifest(layer)))).Error);

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"schemaVersion":2,"manifests":{}}""")]
    [InlineData("""{"schemaVersion":2,"manifests":[],"layers":[]}""")]
    public async Task WhatIsNoManifestIsRefused(string body) =>
        Assert.Equal(RegistryError.BadResponse, (await RefusedAsync(() => ReadAsync("1.0", Encoding.UTF8.GetBytes(body)))).Error);

    [Fact]
    public async Task DeeplyNestedJsonIsRefused() =>
        Assert.Equal(RegistryError.BadResponse, (await RefusedAsync(() => ReadAsync("1.0", Encoding.UTF8.GetBytes($"{{\"layers\":{new string('[', 10_000)}")))).Error);

    [Fact]
    public async Task SchemaOneIsRefusedWithTheRemedy()
    {
        var refused = await RefusedAsync(() => ReadAsync("1.0", """{"schemaVersion":1,"name":"a","fsLayers":[]}"""u8.ToArray()));

        Assert.Equal(RegistryError.BadResponse, refused.Error);
        Assert.Contains("schema 1", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256, null)]
    [InlineData(257, RegistryError.TooLarge)]
    public async Task AnIndexHasAtMost256Children(int count, RegistryError? error)
    {
        var child = $$"""{"mediaType":"m","digest":"sha256:{{Hex}}","size":1}""";
        var index = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"manifests":[{{string.Join(',', Enumerable.Repeat(child, count))}}]}""");

        Assert.Equal(error, (await Record.ExceptionAsync(() => ReadAsync("1.0", index)) as RegistryException)?.Error);
    }

    [Theory]
    [InlineData(512, null)]
    [InlineData(513, RegistryError.TooLarge)]
    public async Task AnImageHasAtMost512Layers(int count, RegistryError? error)
    {
        var manifest = Manifest(string.Join(',', Enumerable.Repeat($$"""{"mediaType":"l","digest":"sha256:{{Hex}}","size":1}""", count)));

        Assert.Equal(error, (await Record.ExceptionAsync(() => ReadAsync("1.0", manifest)) as RegistryException)?.Error);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, RegistryError.TooLarge)]
    public async Task AManifestHasAtMostFourMebibytes(int more, RegistryError? error)
    {
        var manifest = Manifest();
        byte[] padded = [.. manifest, .. Enumerable.Repeat((byte)' ', (4 * 1024 * 1024) - manifest.Length + more)];

        Assert.Equal(error, (await Record.ExceptionAsync(() => ReadAsync("1.0", padded)) as RegistryException)?.Error);
    }

    [Theory]
    [InlineData("{\"os\":\"linux\"", RegistryError.Truncated)]
    [InlineData("{\"os\":\"linux\"} ", RegistryError.DigestMismatch)]
    [InlineData("{\"os\":\"linus\"}", RegistryError.DigestMismatch)]
    [InlineData("", RegistryError.Truncated)]
    public async Task ABlobIsExactlyWhatTheManifestSays(string sent, RegistryError error) =>
        Assert.Equal(error, (await RefusedAsync(() => BlobAsync(Encoding.UTF8.GetBytes(sent), Describe(Blob)))).Error);

    [Fact]
    public async Task ABlobOverTheLimitIsNotAskedFor()
    {
        var azure = new FakeAzure();

        Assert.Equal(RegistryError.TooLarge, (await RefusedAsync(() => azure.Client.GetBlobAsync(azure.Access, "team/app", Describe(Blob) with { Size = long.MaxValue }, 1000, CancellationToken.None))).Error);
        Assert.Empty(azure.Network.Requests);
    }

    private static Task<Manifest> ReadAsync(string reference, byte[] body)
    {
        var azure = new FakeAzure();
        azure.Answers[$"/v2/team/app/manifests/{reference}"] = () => FakeNetwork.Bytes(body);
        return azure.Client.GetManifestAsync(azure.Access, "team/app", reference, CancellationToken.None);
    }

    private static Task<byte[]> BlobAsync(byte[] sent, Descriptor blob)
    {
        var azure = new FakeAzure();
        azure.Answers[$"/v2/team/app/blobs/{blob.Digest.Value}"] = () => FakeNetwork.Bytes(sent);
        return azure.Client.GetBlobAsync(azure.Access, "team/app", blob, 1000, CancellationToken.None);
    }
}
