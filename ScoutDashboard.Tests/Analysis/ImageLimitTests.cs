using System.Text;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis;

/// <summary>Hits each limit of an image as a whole: a gap tells why, or the image fails.</summary>
public sealed class ImageLimitTests
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    [Fact]
    public async Task TooManyLayersAreRefusedBeforeAnythingIsRead()
    {
        var exception = await Assert.ThrowsAsync<AnalysisException>(() => Assembly(new() { Layers = 2 }).ReadConfigAsync(Manifest(1, 1, 1), _ => throw new InvalidOperationException()));
        Assert.Contains("3 layers; at most 2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheConfigurationIsReadUpToItsLimit() => Assert.Equal("linux", (await Assembly(new() { ConfigBytes = 77 }).ReadConfigAsync(Manifest(1), most =>
    {
        Assert.Equal(77, most);
        return Task.FromResult("""{"os":"linux"}"""u8.ToArray());
    })).Platform.Os);

    [Fact]
    public async Task ALongHistoryIsRefused()
    {
        var exception = await Assert.ThrowsAsync<AnalysisException>(() => Assembly(new() { HistoryEntries = 2 })
            .ReadConfigAsync(Manifest(1), _ => Task.FromResult("""{"history":[{},{},{}]}"""u8.ToArray())));
        Assert.Contains("more than 2 entries", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Limit", nameof(AnalysisLimits.ConfigItems))]
    [InlineData("Env", """["A=1","B=2"]""")]
    [InlineData("Cmd", """["a","b"]""")]
    [InlineData("Entrypoint", """["a","b"]""")]
    [InlineData("Labels", """{"a":"1","b":"2"}""")]
    [InlineData("ExposedPorts", """{"80":{},"81":{}}""")]
    public async Task MoreOfAConfigurationThanIsShownIsAGap(string list, string entries)
    {
        var json = Encoding.UTF8.GetBytes($$$"""{"os":"linux","architecture":"amd64","config":{"{{{list}}}":{{{entries}}}}}""");
        Assert.Empty(await GapsAsync(2));
        Assert.Equal((ScanGapKind.Limit, true), Assert.Single(await GapsAsync(1)) is var gap ? (gap.Kind, gap.Reason.Contains("more than 1 entries", StringComparison.Ordinal)) : default);

        async Task<IReadOnlyList<ScanGap>> GapsAsync(int items)
        {
            var limits = new AnalysisLimits { ConfigItems = items };
            return (await Assembly(limits).AssembleAsync(Manifest(), ImageConfig.Parse(json, limits),
                _ => Task.FromResult(new LayerScans(new Dictionary<Digest, LayerScan>(), new Dictionary<Digest, ScanGap>())))).Gaps;
        }
    }

    [Fact]
    public async Task LayersBeyondTheWireLimitAreGaps()
    {
        var manifest = Manifest(60, 50, 40);
        IReadOnlyList<Descriptor> asked = [];
        var image = await Assembly(new() { WireBytes = 100 }).AssembleAsync(manifest, Config(), readable =>
        {
            asked = readable;
            return Task.FromResult(new LayerScans(new Dictionary<Digest, LayerScan>(), new Dictionary<Digest, ScanGap>()));
        });
        Assert.Equal([60, 40], asked.Select(layer => layer.Size));
        var gap = Assert.Single(image.Gaps, gap => gap.Kind == ScanGapKind.Limit);
        Assert.Contains(manifest.Layers[1].Digest.Short, gap.Reason, StringComparison.Ordinal);
        Assert.Contains("100 bytes", gap.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, "a b d", null)]
    [InlineData(4, "a b", 2)]
    [InlineData(3, "a d", 1)]
    public async Task ALayerWithWhichAnImageHasTooManyFilesIsLeftOutAndTold(int limit, string packages, int? left)
    {
        LayerTar[] layers = [new LayerTar().File("a.pkg", "a@1").File("x", ""), new LayerTar().File("b.pkg", "b@1").File("y", ""), new LayerTar().File("d.pkg", "d@1")];
        var image = await AssembleAsync(new() { EntriesPerImage = limit }, layers);
        Assert.Equal(packages, string.Join(' ', image.Inventory.Components.Values.Select(component => component.Name).Order()));
        Assert.Equal(left is null ? [] : [$"Layer {image.Manifest.Layers[left.Value].Digest.Short} was left out: with it the image has more than {limit} files."],
            image.Gaps.Where(gap => gap.Kind == ScanGapKind.Limit).Select(gap => gap.Reason));
    }

    [Fact]
    public async Task PackagesAndGapsOfAllLayersTogetherHaveLimits()
    {
        var image = await AssembleAsync(new() { Components = 3 }, new LayerTar().File("a.pkg", "a@1\nb@1"), new LayerTar().File("b.pkg", "c@1\nd@1"));
        Assert.Equal(3, image.Inventory.Components.Count);
        Assert.Contains("has 4 packages; only the first 3", Assert.Single(image.Gaps, gap => gap.Kind == ScanGapKind.Limit).Reason, StringComparison.Ordinal);

        image = await AssembleAsync(new() { Gaps = 2 }, new LayerTar().File("../a", "").File("../b", ""), new LayerTar().File("../c", "").File("../d", ""));
        Assert.Equal(3, image.Gaps.Count);
        Assert.Contains("more gaps", image.Gaps[^1].Reason, StringComparison.Ordinal);
    }

    private static ImageAssembly Assembly(AnalysisLimits limits) => new(new AnalysisSetup(new AnalysisOptions(), limits, [new ListExtractor()]));

    private static ImageConfig Config() => ImageConfig.Parse("""{"os":"linux","architecture":"amd64"}"""u8.ToArray(), new AnalysisLimits());

    private static ImageManifest Manifest(params int[] sizes) => new(
        Layer("application/vnd.oci.image.config.v1+json", 0, 2), [.. sizes.Select((size, at) => Layer("application/vnd.oci.image.layer.v1.tar+gzip", at + 1, size))], null, None);

    private static Descriptor Layer(string type, int number, long size) => new(type, Digest.Of(Encoding.UTF8.GetBytes($"{number}")), size, null, None);

    private static async Task<AnalysedImage> AssembleAsync(AnalysisLimits limits, params LayerTar[] layers)
    {
        var manifest = Manifest([.. layers.Select(_ => 1)]);
        var scans = new Dictionary<Digest, LayerScan>();
        foreach (var (index, layer) in layers.Index())
        {
            var blob = layer.ToGzip();
            scans[manifest.Layers[index].Digest] = await new LayerScanner([new ListExtractor()], limits)
                .ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
        }

        return await Assembly(limits).AssembleAsync(manifest, Config(), _ => Task.FromResult(new LayerScans(scans, new Dictionary<Digest, ScanGap>())));
    }
}
