using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis;

public sealed class ImageAnalyserTests : IAsyncLifetime
{
    private static readonly byte[] Base = new LayerTar().File("etc/os-release", "debian 12").File("deb.pkg", "bash@5.2\nzlib@1.3").ToGzip();
    private static readonly byte[] App = new LayerTar().File("app/x.pkg", "left-pad@1.0").File("deb.pkg", "bash@5.2").ToGzip();
    private TestDatabase _database = null!;
    private FakeRegistry _registry = null!;
    private ServiceProvider _services = null!;
    private long _repositoryId;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _registry = await FakeRegistry.StartAsync();
        _repositoryId = await _database.AddRepositoryAsync("app");
        _services = Build(new ListExtractor());
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _registry.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task AnImageIsStoredWithItsLayersInstructionsAndPackages()
    {
        var digest = _registry.AddImage([Base, App], history:
            [new { created_by = "ADD base" }, new { created_by = "ENV A=1", empty_layer = true }, new { created_by = "COPY . /app # buildkit" }]);
        var result = await AnalyseAsync(digest, "v1");
        await using var db = _database.CreateDbContext();
        var image = await db.Images.SingleAsync();
        Assert.Equal([image.Id], result.AnalysedImageIds);
        Assert.Equal((ImageState.Analysed, ImageKind.Image, "linux/amd64", "debian 12", "[]"), (image.State, image.Kind, image.Platform, image.Distribution, image.Gaps));
        Assert.Equal((Base.Length + App.Length, 2, null), (image.Size, image.Packages, image.Critical));
        var steps = await db.ImageLayers.OrderBy(layer => layer.Ordinal).ToListAsync();
        Assert.Equal([(0, "ADD base"), (null, "ENV"), (1, "COPY . /app")], steps.Select(step => (step.LayerIndex, step.CreatedBy)));
        Assert.Equal(Digest.Of(App).Value, steps[2].BlobDigest);
        Assert.Equal(["bash@5.2 deb.pkg #0", "left-pad@1.0 app/x.pkg #1"], await PackagesAsync(image.Id));
        Assert.True(await db.Components.AllAsync(component => component.NeedsMatch));
        Assert.Equal("Debian:12", (await db.Components.SingleAsync(component => component.Name == "bash")).Ecosystem);
    }

    [Fact]
    public async Task AnImageKeepsTheManifestsAnnotationsMadeHarmlessAndTheNameOfItsStackOfLayers()
    {
        await AnalyseAsync(_registry.AddImage([Base, App], annotations: new() { ["org.opencontainers.image.base.name"] = "debian\u202E:12" }), "v1");
        var image = await SingleImageAsync();
        var annotations = JsonDocument.Parse(image.Settings!).RootElement.GetProperty("annotations");
        Assert.Equal("debian\\u202e:12", annotations.GetProperty("org.opencontainers.image.base.name").GetString());
        // Worked out by hand as OCI image-spec, config.md, says it of ChainID.
        Assert.Equal(Digest.Of(Encoding.ASCII.GetBytes($"{Digest.Of(Base).Value} {Digest.Of(App).Value}")).Value, image.LayerChain);
    }

    [Fact]
    public async Task AnUpgradedPackageIsListedWithTheVersionBefore()
    {
        var upgrade = new LayerTar().File("deb.pkg", "bash@5.3\nzlib@1.3").ToGzip();
        var (upgraded, fresh) = (await AnalyseAsync(_registry.AddImage([Base, upgrade]), "v1"), await AnalyseAsync(_registry.AddImage([upgrade]), "v2"));
        Assert.Equal(["bash 5.3 #1 was 5.2 #0", "zlib 1.3 #0"], await PlacesAsync(upgraded.ImageId));
        // The same packages of the same layer, but nothing was there before.
        Assert.Equal(["bash 5.3 #0", "zlib 1.3 #0"], await PlacesAsync(fresh.ImageId));

        async Task<IEnumerable<string>> PlacesAsync(long imageId)
        {
            var page = await new ImagePackagesReport(_database).ListAsync(1, imageId, new PackageFilter(), null, new PageRequest(1, 50), default);
            return page.Rows.Select(r => $"{r.Name} {r.Version} #{r.Places[0].LayerIndex}" + (r.Places[0].ReplacedVersion is { } old ? $" was {old} #{r.Places[0].ReplacedLayer}" : ""));
        }
    }

    [Fact]
    public async Task LayersWhoseHistoryDoesNotCountUpAreShownWithoutInstructions()
    {
        await AnalyseAsync(_registry.AddImage([Base, App], history: [new { created_by = "ADD base" }]), "v1");
        await using var db = _database.CreateDbContext();
        Assert.Equal([(0, ""), (1, "")], (await db.ImageLayers.OrderBy(layer => layer.Ordinal).ToListAsync()).Select(step => (step.Ordinal, step.CreatedBy)));
    }

    [Fact]
    public async Task ValuesOfVariablesAndBuildArgumentsAreNowhereInTheDatabase()
    {
        await AnalyseAsync(_registry.AddImage([Base], config: new { Env = new[] { "TOKEN=hunter2" } }, history:
            [new { created_by = "RUN |1 KEY=hunter2 /bin/sh -c make" }, new { created_by = "ENV TOKEN=hunter2", empty_layer = true }, new { created_by = "ARG KEY=hunter2", empty_layer = true }]), "v1");
        await using var db = _database.CreateDbContext();
        await db.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE);");
        Assert.Contains("TOKEN", (await db.Images.SingleAsync()).Settings, StringComparison.Ordinal);
        var path = db.Database.GetDbConnection().DataSource;
        SqliteConnection.ClearAllPools();
        Assert.True((await File.ReadAllBytesAsync(path)).AsSpan().IndexOf(Encoding.UTF8.GetBytes("hunter2")) < 0);
    }

    [Fact]
    public async Task AnalysingAgainPullsNoLayerAndStoresTheSame()
    {
        var digest = _registry.AddImage([Base, App]);
        var first = await AnalyseAsync(digest, "v1");
        var packages = await PackagesAsync(first.ImageId);
        Assert.Equal(2, LayerPulls());
        Assert.Equal(first.ImageId, (await AnalyseAsync(digest, "v1")).ImageId);
        Assert.Equal(2, LayerPulls());
        Assert.Equal(packages, await PackagesAsync(first.ImageId));
    }

    [Fact]
    public async Task AnImageOnABaseThatIsKnownPullsOnlyItsOwnLayers()
    {
        var own = new LayerTar().File("app/y.pkg", "right-pad@2.0").ToGzip();
        await AnalyseAsync(_registry.AddImage([Base, App]), "v1");
        _registry.Pulls.Clear();
        var second = await AnalyseAsync(_registry.AddImage([Base, own]), "v2");
        Assert.Equal([Digest.Of(own).Value], _registry.Pulls.Where(digest => new[] { Base, App, own }.Any(layer => Digest.Of(layer).Value == digest)));
        Assert.Equal(["bash@5.2 deb.pkg #0", "right-pad@2.0 app/y.pkg #1", "zlib@1.3 deb.pkg #0"], await PackagesAsync(second.ImageId));
    }

    [Fact]
    public async Task ImagesShareLayersComponentsAndSets()
    {
        await AnalyseAsync(_registry.AddImage([Base]), "v1");
        await AnalyseAsync(_registry.AddImage([Base], config: new { User = "app" }), "v2");
        await using var db = _database.CreateDbContext();
        Assert.Equal((1, 1, 2, 2), (await db.Layers.CountAsync(), await db.PackageSets.CountAsync(), await db.Components.CountAsync(), await db.ImagePackageSets.CountAsync()));
        Assert.Equal(1, LayerPulls());
    }

    [Fact]
    public async Task AnalysesAtTheSameTimePullABlobOnceAndStoreAComponentOnce()
    {
        var digests = Enumerable.Range(0, 8).Select(n => _registry.AddImage([Base, App], config: new { User = $"u{n}" })).ToList();
        await Task.WhenAll(digests.Select(digest => AnalyseAsync(digest, "v1")));
        await using var db = _database.CreateDbContext();
        Assert.Equal(8, await db.Images.CountAsync(image => image.State == ImageState.Analysed));
        Assert.Equal((2, 2, 2), (LayerPulls(), await db.Layers.CountAsync(), await db.Components.CountAsync()));
    }

    [Fact]
    public async Task NewExtractorsScanAgainAndReplaceWhatTheImageHad()
    {
        var digest = _registry.AddImage([Base]);
        var first = await AnalyseAsync(digest, "v1");
        await using (var db = _database.CreateDbContext())
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

        await using var newer = Build(new ListExtractor(version: 2));
        await AnalyseAsync(digest, "v1", newer);
        Assert.Equal(2, LayerPulls());
        Assert.Equal(["bash@5.2 deb.pkg #0", "zlib@1.3 deb.pkg #0"], await PackagesAsync(first.ImageId));
        await using var after = _database.CreateDbContext();
        Assert.Equal(1, await after.PackageSets.CountAsync());
    }

    [Fact]
    public async Task AnIndexStoresItsSelectedPlatformsOnly()
    {
        var amd = _registry.AddImage([Base]);
        var arm = _registry.AddImage([Base, App], "linux/arm64");
        var z = _registry.AddImage([App], "linux/s390x");
        var attestation = _registry.AddImage([Encoding.UTF8.GetBytes("{}")], "unknown/unknown", layerTypes: ["application/vnd.in-toto+json"]);
        var result = await AnalyseAsync(_registry.AddIndex((amd, "linux/amd64"), (arm, "linux/arm64"), (z, "linux/s390x"), (attestation, "unknown/unknown")), "v1");
        await using var db = _database.CreateDbContext();
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
        var result = await AnalyseAsync(_registry.AddImage([App], configType: configType, artifactType: artifactType), "v1");
        await using var db = _database.CreateDbContext();
        var image = await db.Images.SingleAsync();
        Assert.Equal((ImageKind.Artifact, ImageState.Skipped), (image.Kind, image.State));
        Assert.NotNull(image.StateReason);
        Assert.Empty(result.AnalysedImageIds);
        Assert.Empty(_registry.Pulls);
    }

    [Theory]
    [InlineData("unknown/unknown", "application/vnd.oci.image.layer.v1.tar+gzip")]
    [InlineData("linux/amd64", "application/vnd.in-toto+json")]
    public async Task AnAttestationIsNoImageEvenWhereItIsAskedForByItself(string platform, string layerType)
    {
        await AnalyseAsync(_registry.AddImage([App], platform, layerTypes: [layerType]), "v1");
        Assert.Equal((ImageKind.Artifact, ImageState.Skipped), ((await SingleImageAsync()).Kind, (await SingleImageAsync()).State));
    }

    [Fact]
    public async Task AnUntaggedImageOfAnotherPlatformIsSkippedAndATaggedOneIsNot()
    {
        var digest = _registry.AddImage([Base], "linux/s390x");
        await AnalyseAsync(digest, tag: null);
        Assert.Equal(ImageState.Skipped, (await SingleImageAsync()).State);
        await AnalyseAsync(digest, "v1");
        Assert.Equal(ImageState.Analysed, (await SingleImageAsync()).State);
    }

    [Fact]
    public async Task ABlobCutInHalfLeavesNoLayerAndAPendingImage()
    {
        var digest = _registry.AddImage([Base, App]);
        _registry.Broken[Digest.Of(App).Value] = true;
        var exception = await Assert.ThrowsAsync<RegistryException>(() => AnalyseAsync(digest, "v1"));
        Assert.True(exception.IsTransient);
        await using var db = _database.CreateDbContext();
        Assert.DoesNotContain(Digest.Of(App).Value, await db.Layers.Select(layer => layer.BlobDigest).ToListAsync());
        Assert.Equal(ImageState.Pending, (await SingleImageAsync()).State);
        _registry.Broken.Clear();
        await AnalyseAsync(digest, "v1");
        Assert.Equal(ImageState.Analysed, (await SingleImageAsync()).State);
    }

    [Fact]
    public async Task AMissingManifestFailsTheImageWithTheReason()
    {
        await Assert.ThrowsAsync<RegistryException>(() => AnalyseAsync(Digest.Of([1]).Value, "v1"));
        var image = await SingleImageAsync();
        Assert.Equal(ImageState.Failed, image.State);
        Assert.NotEmpty(image.StateReason!);
    }

    [Fact]
    public async Task ALayerThatIsNoArchiveMakesTheImagePartial()
    {
        await AnalyseAsync(_registry.AddImage([Base, Base[..^20]]), "v1");
        var image = await SingleImageAsync();
        Assert.Equal(ImageState.Partial, image.State);
        Assert.Contains("\"kind\":\"Malformed\"", image.Gaps, StringComparison.Ordinal);
        Assert.Equal(2, image.Packages);
    }

    [Fact]
    public async Task AForeignLayerIsNotPulledAndMakesTheImagePartial()
    {
        await AnalyseAsync(_registry.AddImage([Base, App], layerTypes: ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "application/vnd.docker.image.rootfs.diff.tar.gzip"]), "v1");
        var image = await SingleImageAsync();
        Assert.Equal(ImageState.Partial, image.State);
        Assert.Contains("\"kind\":\"NotPulled\"", image.Gaps, StringComparison.Ordinal);
        Assert.DoesNotContain(Digest.Of(Base).Value, _registry.Pulls);
    }

    [Fact]
    public async Task AWindowsImageIsToldByItsBuildThoughItsBaseLiesElsewhere()
    {
        await AnalyseAsync(_registry.AddImage([Base], "windows/amd64", osVersion: "10.0.20348.2527", layerUrl: "https://evil.example/layer",
            layerTypes: ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"]), "v1");
        var image = await SingleImageAsync();
        Assert.Equal((ImageState.Partial, 1, "Windows Server 2022 (10.0.20348.2527)"), (image.State, image.Packages, image.Distribution));
        Assert.Contains("evil.example; layers are taken from Microsoft", image.Gaps, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"NoAdvisories\"", image.Gaps, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/vnd.cncf.helm.config.v1+json", "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "a Helm chart")]
    [InlineData("application/vnd.wasm.config.v0+json", "application/wasm", "a WebAssembly module")]
    [InlineData(FakeRegistry.ImageConfigType, "application/vnd.dev.cosign.simplesigning.v1+json", "a signature")]
    [InlineData("application/vnd.oci.empty.v1+json", "application/vnd.cyclonedx+json", "a software bill of materials")]
    [InlineData("application/vnd.oci.empty.v1+json", "application/x-unheard", "an artifact of type application/vnd.oci.empty.v1+json")]
    public async Task WhatIsNoImageIsToldByItsName(string config, string layer, string name)
    {
        await AnalyseAsync(_registry.AddImage([Base], configType: config, layerTypes: [layer]), "v1");
        var image = await SingleImageAsync();
        Assert.Equal((ImageState.Skipped, ImageKind.Artifact, $"This is {name}, not an image."), (image.State, image.Kind, image.StateReason));
        Assert.Empty(_registry.Pulls);
    }

    [Fact]
    public async Task PackagesOfAnUnknownDistributionAreListedWithAGap()
    {
        await AnalyseAsync(_registry.AddImage([new LayerTar().File("deb.pkg", "bash@5.2").ToGzip()]), "v1");
        var image = await SingleImageAsync();
        Assert.Equal((ImageState.Partial, 1), (image.State, image.Packages));
        Assert.Contains("\"kind\":\"UnknownDistribution\"", image.Gaps, StringComparison.Ordinal);
        await using var db = _database.CreateDbContext();
        Assert.Equal("", (await db.Components.SingleAsync()).Ecosystem);
    }

    [Fact]
    public async Task AnAnalysisThatIsCancelledLeavesTheImagePending()
    {
        using var cancel = new CancellationTokenSource();
        _registry.BeforeBlob = async digest =>
        {
            if (digest == Digest.Of(Base).Value)
            {
                await cancel.CancelAsync();
            }
        };
        var digest = _registry.AddImage([Base]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AnalyseAsync(digest, "v1", cancellationToken: cancel.Token));
        Assert.Equal(ImageState.Pending, (await SingleImageAsync()).State);
    }

    private ServiceProvider Build(ListExtractor extractor)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Registries:AllowedHosts"] = $"http://{_registry.Host}" }).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddSingleton(TimeProvider.System);
        services.AddScoutRegistry(configuration);
        services.AddScoutAnalysis(configuration);
        services.AddSingleton<IDbContextFactory<ScoutDb>>(_database);
        services.AddSingleton(new AnalysisSetup(new AnalysisOptions(), new AnalysisLimits(), [extractor]));
        return services.BuildServiceProvider();
    }

    private Task<AnalysisResult> AnalyseAsync(string digest, string? tag, IServiceProvider? services = null, CancellationToken cancellationToken = default)
    {
        Assert.True(RegistryHostname.TryParse(_registry.Host, [$"http://{_registry.Host}"], out var hostname));
        var request = new AnalysisRequest(new RegistryAccess(hostname, new RegistryCredentials("token", "password")), _repositoryId, "app", Digest.Parse(digest), tag, null);
        return (services ?? _services).GetRequiredService<ImageAnalyser>().AnalyseAsync(request, new Ignored(), cancellationToken);
    }

    private int LayerPulls() => _registry.Pulls.Count(digest => digest == Digest.Of(Base).Value || digest == Digest.Of(App).Value);

    private async Task<Image> SingleImageAsync()
    {
        await using var db = _database.CreateDbContext();
        return await db.Images.SingleAsync();
    }

    private async Task<List<string>> PackagesAsync(long imageId)
    {
        await using var db = _database.CreateDbContext();
        var rows = await (from used in db.ImagePackageSets
                          where used.ImageId == imageId
                          join member in db.PackageSetComponents on used.PackageSetId equals member.PackageSetId
                          join component in db.Components on member.ComponentId equals component.Id
                          orderby component.Name
                          select new { component.Name, component.Version, member.Path, used.LayerIndex }).ToListAsync();
        return rows.ConvertAll(row => $"{row.Name}@{row.Version} {row.Path} #{row.LayerIndex}");
    }

    private sealed class Ignored : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value)
        {
        }
    }
}
