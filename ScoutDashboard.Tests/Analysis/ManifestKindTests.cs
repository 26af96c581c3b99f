using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using static ScoutDashboard.Tests.Analysis.AnalyserRig;

namespace ScoutDashboard.Tests.Analysis;

/// <summary>What of a registry is analysed as an image, and what everything else is called.</summary>
public sealed class ManifestKindTests : IAsyncLifetime
{
    private AnalyserRig _rig = null!;

    public async Task InitializeAsync() => _rig = await AnalyserRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task AnIndexStoresItsSelectedPlatformsOnly()
    {
        var amd = _rig.Registry.AddImage([BaseLayer]);
        var arm = _rig.Registry.AddImage([BaseLayer, AppLayer], "linux/arm64");
        var z = _rig.Registry.AddImage([AppLayer], "linux/s390x");
        var attestation = _rig.Registry.AddImage([Encoding.UTF8.GetBytes("{}")], "unknown/unknown", layerTypes: ["application/vnd.in-toto+json"]);
        var result = await _rig.AnalyseAsync(_rig.Registry.AddIndex((amd, "linux/amd64"), (arm, "linux/arm64"), (z, "linux/s390x"), (attestation, "unknown/unknown")), "v1");
        await using var db = _rig.Database.CreateDbContext();
        var index = await db.Images.SingleAsync(image => image.Id == result.ImageId);
        Assert.Equal((ImageKind.Index, ImageState.Analysed), (index.Kind, index.State));
        Assert.Equal([amd, arm], (await db.Images.Where(image => image.Kind == ImageKind.Image).OrderBy(image => image.Platform).ToListAsync()).Select(image => image.Digest));
        Assert.Equal(result.AnalysedImageIds.Order(), (await db.IndexEntries.Where(entry => entry.IndexId == index.Id).ToListAsync()).Select(entry => entry.ImageId).Order());
        Assert.Equal(3, await db.Images.CountAsync());
    }

    [Theory]
    [InlineData("application/vnd.cncf.helm.config.v1+json", null)]
    [InlineData(FakeRegistry.ImageConfigType, "application/vnd.example+json")]
    public async Task AnArtifactIsNoImage(string configType, string? artifactType)
    {
        var result = await _rig.AnalyseAsync(_rig.Registry.AddImage([AppLayer], configType: configType, artifactType: artifactType), "v1");
        await using var db = _rig.Database.CreateDbContext();
        var image = await db.Images.SingleAsync();
        Assert.Equal((ImageKind.Artifact, ImageState.Skipped), (image.Kind, image.State));
        Assert.NotNull(image.StateReason);
        Assert.Empty(result.AnalysedImageIds);
        Assert.Empty(_rig.Registry.Pulls);
    }

    [Theory]
    [InlineData("unknown/unknown", "application/vnd.oci.image.layer.v1.tar+gzip")]
    [InlineData("linux/amd64", "application/vnd.in-toto+json")]
    public async Task AnAttestationIsNoImageEvenWhereItIsAskedForByItself(string platform, string layerType)
    {
        await _rig.AnalyseAsync(_rig.Registry.AddImage([AppLayer], platform, layerTypes: [layerType]), "v1");
        Assert.Equal((ImageKind.Artifact, ImageState.Skipped), ((await _rig.SingleImageAsync()).Kind, (await _rig.SingleImageAsync()).State));
    }

    [Fact]
    public async Task AnUntaggedImageOfAnotherPlatformIsSkippedAndATaggedOneIsNot()
    {
        var digest = _rig.Registry.AddImage([BaseLayer], "linux/s390x");
        await _rig.AnalyseAsync(digest, tag: null);
        Assert.Equal(ImageState.Skipped, (await _rig.SingleImageAsync()).State);
        await _rig.AnalyseAsync(digest, "v1");
        Assert.Equal(ImageState.Analysed, (await _rig.SingleImageAsync()).State);
    }

    [Fact]
    public async Task AForeignLayerIsNotPulledAndMakesTheImagePartial()
    {
        await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer, AppLayer], layerTypes: ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "application/vnd.docker.image.rootfs.diff.tar.gzip"]), "v1");
        var image = await _rig.SingleImageAsync();
        Assert.Equal(ImageState.Partial, image.State);
        Assert.Contains("\"kind\":\"NotPulled\"", image.Gaps, StringComparison.Ordinal);
        Assert.DoesNotContain(Digest.Of(BaseLayer).Value, _rig.Registry.Pulls);
    }

    [Fact]
    public async Task AWindowsImageIsToldByItsBuildThoughItsBaseLiesElsewhere()
    {
        await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer], "windows/amd64", osVersion: "10.0.20348.2527", layerUrl: "https://evil.example/layer",
            layerTypes: ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"]), "v1");
        var image = await _rig.SingleImageAsync();
        Assert.Equal((ImageState.Partial, 1, "Windows Server 2022 (10.0.20348.2527)"), (image.State, image.Packages, image.Distribution));
        Assert.Contains("evil.example; layers are taken from Microsoft", image.Gaps, StringComparison.Ordinal);
        Assert.DoesNotContain("\"kind\":\"NoAdvisories\"", image.Gaps, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/vnd.cncf.helm.config.v1+json", "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "a Helm chart")]
    [InlineData("application/vnd.wasm.config.v0+json", "application/wasm", "a WebAssembly module")]
    [InlineData(FakeRegistry.ImageConfigType, "application/vnd.dev.cosign.simplesigning.v1+json", "a signature")]
    [InlineData("application/vnd.oci.empty.v1+json", "application/vnd.cyclonedx+json", "a software bill of materials")]
    [InlineData("application/vnd.oci.empty.v1+json", "application/x-unheard", "an artifact of type application/vnd.oci.empty.v1+json")]
    public async Task WhatIsNoImageIsToldByItsName(string config, string layer, string name)
    {
        await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer], configType: config, layerTypes: [layer]), "v1");
        var image = await _rig.SingleImageAsync();
        Assert.Equal((ImageState.Skipped, ImageKind.Artifact, $"This is {name}, not an image."), (image.State, image.Kind, image.StateReason));
        Assert.Empty(_rig.Registry.Pulls);
    }
}
