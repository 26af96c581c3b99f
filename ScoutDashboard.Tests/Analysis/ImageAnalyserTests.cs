using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;
using static ScoutDashboard.Tests.Analysis.AnalyserRig;

namespace ScoutDashboard.Tests.Analysis;

public sealed class ImageAnalyserTests : IAsyncLifetime
{
    private AnalyserRig _rig = null!;

    public async Task InitializeAsync() => _rig = await AnalyserRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task AnImageIsStoredWithItsLayersInstructionsAndPackages()
    {
        var digest = _rig.Registry.AddImage([BaseLayer, AppLayer], history:
            [new { created_by = "ADD base" }, new { created_by = "ENV A=1", empty_layer = true }, new { created_by = "COPY . /app # buildkit" }]);
        var result = await _rig.AnalyseAsync(digest, "v1");
        await using var db = _rig.Database.CreateDbContext();
        var image = await db.Images.SingleAsync();
        Assert.Equal([image.Id], result.AnalysedImageIds);
        Assert.Equal((ImageState.Analysed, ImageKind.Image, "linux/amd64", "debian 12", "[]"), (image.State, image.Kind, image.Platform, image.Distribution, image.Gaps));
        Assert.Equal((BaseLayer.Length + AppLayer.Length, 2, null), (image.Size, image.Packages, image.Critical));
        var steps = await db.ImageLayers.OrderBy(layer => layer.Ordinal).ToListAsync();
        Assert.Equal([(0, "ADD base"), (null, "ENV"), (1, "COPY . /app")], steps.Select(step => (step.LayerIndex, step.CreatedBy)));
        Assert.Equal(Digest.Of(AppLayer).Value, steps[2].BlobDigest);
        Assert.Equal(["bash@5.2 deb.pkg #0", "left-pad@1.0 app/x.pkg #1"], await _rig.PackagesAsync(image.Id));
        Assert.True(await db.Components.AllAsync(component => component.NeedsMatch));
        Assert.Equal("Debian:12", (await db.Components.SingleAsync(component => component.Name == "bash")).Ecosystem);
    }

    [Fact]
    public async Task AnImageKeepsTheManifestsAnnotationsMadeHarmlessAndTheNameOfItsStackOfLayers()
    {
        await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer, AppLayer], annotations: new() { ["org.opencontainers.image.base.name"] = "debian\u202E:12" }), "v1");
        var image = await _rig.SingleImageAsync();
        var annotations = JsonDocument.Parse(image.Settings!).RootElement.GetProperty("annotations");
        Assert.Equal("debian\\u202e:12", annotations.GetProperty("org.opencontainers.image.base.name").GetString());
        // Worked out by hand as OCI image-spec, config.md, says it of ChainID.
        Assert.Equal(Digest.Of(Encoding.ASCII.GetBytes($"{Digest.Of(BaseLayer).Value} {Digest.Of(AppLayer).Value}")).Value, image.LayerChain);
    }

    [Fact]
    public async Task WhatAnImageMayUnpackToIsCountedOverItsLayersAndNothingPartialIsKept()
    {
        // The largest is scanned first.
        byte[][] layers = [Layer("a", 9000), Layer("b", 5000), Layer("c", 0)];
        var digest = _rig.Registry.AddImage(layers);
        var bytes = layers[0].Length + layers[1].Length;
        await using var services = _rig.Build(new ListExtractor(), new() { UncompressedBytes = bytes - 1 }, parallelLayers: 1);
        var image = (await _rig.AnalyseAsync(digest, "v1", services)).ImageId;
        Assert.Equal(["a@1 a.pkg #0"], await _rig.PackagesAsync(image));
        var row = await _rig.SingleImageAsync();
        Assert.Equal(ImageState.Partial, row.State);
        using var gaps = JsonDocument.Parse(row.Gaps!);
        Assert.Equal(layers[1..].Select(layer => $"Limit: Layer {Digest.Of(layer).Short} was not read. The image's layers unpack to more than {bytes - 1} bytes."),
            gaps.RootElement.EnumerateArray().Select(gap => $"{gap.GetProperty("kind").GetString()}: {gap.GetProperty("reason").GetString()}"));
        Assert.DoesNotContain(Digest.Of(layers[2]).Value, _rig.Registry.Pulls);
        await using (var db = _rig.Database.CreateDbContext())
        {
            Assert.Equal([Digest.Of(layers[0]).Value], await db.Layers.Select(layer => layer.BlobDigest).ToListAsync());
        }

        // What was kept costs nothing the next time.
        await _rig.AnalyseAsync(digest, "v1", services);
        Assert.Equal(["a@1 a.pkg #0", "b@1 b.pkg #1", "c@1 c.pkg #2"], await _rig.PackagesAsync(image));
        Assert.Equal("[]", (await _rig.SingleImageAsync()).Gaps);

        static byte[] Layer(string name, int more) => new LayerTar().File($"{name}.pkg", $"{name}@1").File("more", new byte[more]).ToArray();
    }

    [Fact]
    public async Task AnImageThatUnpacksToJustTheLimitIsReadWhole()
    {
        byte[][] layers = [new LayerTar().File("a.pkg", "a@1").ToArray(), new LayerTar().File("b.pkg", "b@1").ToArray()];
        await using var services = _rig.Build(new ListExtractor(), new() { UncompressedBytes = layers.Sum(layer => layer.Length) }, parallelLayers: 1);
        Assert.Equal(2, (await _rig.PackagesAsync((await _rig.AnalyseAsync(_rig.Registry.AddImage(layers), "v1", services)).ImageId)).Count);
    }

    [Fact]
    public async Task AnUpgradedPackageIsListedWithTheVersionBefore()
    {
        var upgrade = new LayerTar().File("deb.pkg", "bash@5.3\nzlib@1.3").ToGzip();
        var (upgraded, fresh) = (await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer, upgrade]), "v1"), await _rig.AnalyseAsync(_rig.Registry.AddImage([upgrade]), "v2"));
        Assert.Equal(["bash 5.3 #1 was 5.2 #0", "zlib 1.3 #0"], await PlacesAsync(upgraded.ImageId));
        // The same packages of the same layer, but nothing was there before.
        Assert.Equal(["bash 5.3 #0", "zlib 1.3 #0"], await PlacesAsync(fresh.ImageId));

        async Task<IEnumerable<string>> PlacesAsync(long imageId)
        {
            var page = await new ImagePackagesReport(_rig.Database, TimeProvider.System).ListAsync(1, imageId, new PackageFilter(), null, new PageRequest(1, 50), default);
            return page.Rows.Select(r => $"{r.Name} {r.Version} #{r.Places[0].LayerIndex}" + (r.Places[0].ReplacedVersion is { } old ? $" was {old} #{r.Places[0].ReplacedLayer}" : ""));
        }
    }

    [Fact]
    public async Task LayersWhoseHistoryDoesNotCountUpAreShownWithoutInstructions()
    {
        await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer, AppLayer], history: [new { created_by = "ADD base" }]), "v1");
        await using var db = _rig.Database.CreateDbContext();
        Assert.Equal([(0, ""), (1, "")], (await db.ImageLayers.OrderBy(layer => layer.Ordinal).ToListAsync()).Select(step => (step.Ordinal, step.CreatedBy)));
    }

    [Fact]
    public async Task ValuesOfVariablesAndBuildArgumentsAreNowhereInTheDatabase()
    {
        await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer], config: new { Env = new[] { "TOKEN=hunter2" } }, history:
            [new { created_by = "RUN |1 KEY=hunter2 /bin/sh -c make" }, new { created_by = "ENV TOKEN=hunter2", empty_layer = true }, new { created_by = "ARG KEY=hunter2", empty_layer = true }]), "v1");
        await using var db = _rig.Database.CreateDbContext();
        await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE);");
        Assert.Contains("TOKEN", (await db.Images.SingleAsync()).Settings, StringComparison.Ordinal);
        var path = db.Database.GetDbConnection().DataSource;
        SqliteConnection.ClearAllPools();
        Assert.True((await File.ReadAllBytesAsync(path)).AsSpan().IndexOf(Encoding.UTF8.GetBytes("hunter2")) < 0);
    }

    [Fact]
    public async Task AnalysingAgainPullsNoLayerAndStoresTheSame()
    {
        var digest = _rig.Registry.AddImage([BaseLayer, AppLayer]);
        var first = await _rig.AnalyseAsync(digest, "v1");
        var packages = await _rig.PackagesAsync(first.ImageId);
        Assert.Equal(2, _rig.LayerPulls());
        Assert.Equal(first.ImageId, (await _rig.AnalyseAsync(digest, "v1")).ImageId);
        Assert.Equal(2, _rig.LayerPulls());
        Assert.Equal(packages, await _rig.PackagesAsync(first.ImageId));
    }

    [Fact]
    public async Task AnImageOnABaseThatIsKnownPullsOnlyItsOwnLayers()
    {
        var own = new LayerTar().File("app/y.pkg", "right-pad@2.0").ToGzip();
        await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer, AppLayer]), "v1");
        _rig.Registry.Pulls.Clear();
        var second = await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer, own]), "v2");
        Assert.Equal([Digest.Of(own).Value], _rig.Registry.Pulls.Where(digest => new[] { BaseLayer, AppLayer, own }.Any(layer => Digest.Of(layer).Value == digest)));
        Assert.Equal(["bash@5.2 deb.pkg #0", "right-pad@2.0 app/y.pkg #1", "zlib@1.3 deb.pkg #0"], await _rig.PackagesAsync(second.ImageId));
    }

    [Fact]
    public async Task ImagesShareLayersComponentsAndSets()
    {
        await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer]), "v1");
        await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer], config: new { User = "app" }), "v2");
        await using var db = _rig.Database.CreateDbContext();
        Assert.Equal((1, 1, 2, 2), (await db.Layers.CountAsync(), await db.PackageSets.CountAsync(), await db.Components.CountAsync(), await db.ImagePackageSets.CountAsync()));
        Assert.Equal(1, _rig.LayerPulls());
    }

    [Fact]
    public async Task AnalysesAtTheSameTimePullABlobOnceAndStoreAComponentOnce()
    {
        var digests = Enumerable.Range(0, 8).Select(n => _rig.Registry.AddImage([BaseLayer, AppLayer], config: new { User = $"u{n}" })).ToList();
        await Task.WhenAll(digests.Select(digest => _rig.AnalyseAsync(digest, "v1")));
        await using var db = _rig.Database.CreateDbContext();
        Assert.Equal(8, await db.Images.CountAsync(image => image.State == ImageState.Analysed));
        Assert.Equal((2, 2, 2), (_rig.LayerPulls(), await db.Layers.CountAsync(), await db.Components.CountAsync()));
    }

    [Fact]
    public async Task NewExtractorsScanAgainAndReplaceWhatTheImageHad()
    {
        var digest = _rig.Registry.AddImage([BaseLayer]);
        var first = await _rig.AnalyseAsync(digest, "v1");
        await using (var db = _rig.Database.CreateDbContext())
        {
            // As if the older extractors had found something else.
            var component = new Component { Purl = "pkg:npm/ghost@1", Type = "npm", Ecosystem = "npm", EcosystemBase = "npm", Name = "ghost", Version = "1", AdvisoryName = "ghost", AdvisoryVersion = "1" };
            var set = new PackageSet { Hash = [1], Kind = "list", Count = 1 };
            db.AddRange(component, set);
            await db.SaveChangesAsync();
            db.Add(new PackageSetComponent { PackageSetId = set.Id, ComponentId = component.Id, Path = "ghost" });
            db.Add(new ImagePackageSet { ImageId = first.ImageId, PackageSetId = set.Id, LayerIndex = 0 });
            await db.SaveChangesAsync();
        }

        await using var newer = _rig.Build(new ListExtractor(version: 2));
        await _rig.AnalyseAsync(digest, "v1", newer);
        Assert.Equal(2, _rig.LayerPulls());
        Assert.Equal(["bash@5.2 deb.pkg #0", "zlib@1.3 deb.pkg #0"], await _rig.PackagesAsync(first.ImageId));
        await using var after = _rig.Database.CreateDbContext();
        Assert.Equal(1, await after.PackageSets.CountAsync());
    }

    [Fact]
    public async Task ABlobCutInHalfLeavesNoLayerAndAPendingImage()
    {
        var digest = _rig.Registry.AddImage([BaseLayer, AppLayer]);
        _rig.Registry.Broken[Digest.Of(AppLayer).Value] = true;
        var exception = await Assert.ThrowsAsync<RegistryException>(() => _rig.AnalyseAsync(digest, "v1"));
        Assert.True(exception.IsTransient);
        await using var db = _rig.Database.CreateDbContext();
        Assert.DoesNotContain(Digest.Of(AppLayer).Value, await db.Layers.Select(layer => layer.BlobDigest).ToListAsync());
        Assert.Equal(ImageState.Pending, (await _rig.SingleImageAsync()).State);
        _rig.Registry.Broken.Clear();
        await _rig.AnalyseAsync(digest, "v1");
        Assert.Equal(ImageState.Analysed, (await _rig.SingleImageAsync()).State);
    }

    [Fact]
    public async Task AMissingManifestFailsTheImageWithTheReason()
    {
        await Assert.ThrowsAsync<RegistryException>(() => _rig.AnalyseAsync(Digest.Of([1]).Value, "v1"));
        var image = await _rig.SingleImageAsync();
        Assert.Equal(ImageState.Failed, image.State);
        Assert.NotEmpty(image.StateReason!);
    }

    [Fact]
    public async Task ALayerThatIsNoArchiveMakesTheImagePartial()
    {
        await _rig.AnalyseAsync(_rig.Registry.AddImage([BaseLayer, BaseLayer[..^20]]), "v1");
        var image = await _rig.SingleImageAsync();
        Assert.Equal(ImageState.Partial, image.State);
        Assert.Contains("\"kind\":\"Malformed\"", image.Gaps, StringComparison.Ordinal);
        Assert.Equal(2, image.Packages);
    }

    [Fact]
    public async Task PackagesOfAnUnknownDistributionAreListedWithAGap()
    {
        await _rig.AnalyseAsync(_rig.Registry.AddImage([new LayerTar().File("deb.pkg", "bash@5.2").ToGzip()]), "v1");
        var image = await _rig.SingleImageAsync();
        Assert.Equal((ImageState.Partial, 1), (image.State, image.Packages));
        Assert.Contains("\"kind\":\"UnknownDistribution\"", image.Gaps, StringComparison.Ordinal);
        await using var db = _rig.Database.CreateDbContext();
        Assert.Equal("", (await db.Components.SingleAsync()).Ecosystem);
    }

    [Fact]
    public async Task AnAnalysisThatIsCancelledLeavesTheImagePending()
    {
        using var cancel = new CancellationTokenSource();
        _rig.Registry.BeforeBlob = async digest =>
        {
            if (digest == Digest.Of(BaseLayer).Value)
            {
                await cancel.CancelAsync();
            }
        };
        var digest = _rig.Registry.AddImage([BaseLayer]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _rig.AnalyseAsync(digest, "v1", cancellationToken: cancel.Token));
        Assert.Equal(ImageState.Pending, (await _rig.SingleImageAsync()).State);
    }
}
