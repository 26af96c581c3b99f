using System.Globalization;
using Microsoft.Extensions.Configuration;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Analysis.Layers;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis;

/// <summary>Each limit, as it is configured: what keeps it is read whole; where it is one less, the image tells where and why. No limit is without such a test.</summary>
public sealed class LimitTests : IDisposable
{
    private readonly OciLayout _layout = new();

    public static TheoryData<int, string> Cases
    {
        get
        {
            var cases = new TheoryData<int, string>();
            foreach (var (at, limit) in LimitCase.All.Index())
            {
                cases.Add(at, limit.Limit);
            }

            return cases;
        }
    }

    public void Dispose() => _layout.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task WhatKeepsALimitIsReadAndWhatGoesOverItByOneIsTold(int at, string limit)
    {
        var tried = LimitCase.All[at];
        Assert.Equal(limit, tried.Limit);
        var image = new OciImageBuilder();
        foreach (var layer in tried.Layers)
        {
            image.Layer(layer, "ADD", LayerCompression.None);
        }

        _layout.Add("v1", image);
        Assert.DoesNotContain(await GapsAsync(limit, tried.Within), gap => gap.Kind == ScanGapKind.Limit);
        Assert.Contains(await GapsAsync(limit, tried.Within - 1), gap => gap.Kind == ScanGapKind.Limit && gap.Path == tried.Path && gap.Reason.Contains(tried.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Limit", nameof(ManifestLimits.ManifestBytes))]
    [Trait("Limit", nameof(ManifestLimits.ManifestChildren))]
    [Trait("Limit", nameof(AnalysisLimits.IndexDepth))]
    [InlineData(nameof(ManifestLimits.ManifestBytes), 0, "at most {0} are read")]
    [InlineData(nameof(ManifestLimits.ManifestChildren), 2, "names 2 children; at most {0} are read")]
    [InlineData(nameof(AnalysisLimits.IndexDepth), 1, "beyond {0} levels")]
    public async Task WhatKeepsALimitOfManifestsIsReadAndWhatGoesOverItByOneFails(string limit, int within, string reason)
    {
        var image = new OciImageBuilder().Layer("ADD", ("a", ""));
        var digest = _layout.AddIndex("v1", image, new OciImageBuilder("linux/arm64").Layer("ADD", ("b", "")));
        // The index is the largest of the manifests; the list of the layout itself is smaller.
        within = within > 0 ? within : (int)new FileInfo(Path.Combine(_layout.Folder, "blobs", "sha256", digest.Split(':')[1])).Length;
        Assert.Empty(await GapsAsync(limit, within));
        Assert.Contains(string.Format(CultureInfo.InvariantCulture, reason, within - 1), Assert.Single(await GapsAsync(limit, within - 1)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ManifestLimits.ManifestBytes), -1, "at most {0} are read")]
    [InlineData(nameof(AnalysisLimits.ConfigBytes), 2, "at most {0} are read")]
    [InlineData(nameof(AnalysisLimits.Layers), 2, "2 layers; at most {0} are read")]
    public async Task ADockerArchiveKeepsTheSameLimits(string limit, int within, string reason)
    {
        const string manifest = """[{"Config":"c","Layers":["a.tar","b.tar"]}]""";
        var archive = Path.Combine(_layout.Folder, "docker.tar");
        var layer = new LayerTar().File("a", "").ToArray();
        await File.WriteAllBytesAsync(archive, new LayerTar().File("manifest.json", manifest).File("c", "{}").File("a.tar", layer).File("b.tar", layer).ToArray());
        within = within > 0 ? within : manifest.Length;
        Assert.Empty(await GapsAsync($"archive:{archive}", limit, within));
        Assert.Contains(string.Format(CultureInfo.InvariantCulture, reason, within - 1), Assert.Single(await GapsAsync($"archive:{archive}", limit, within - 1)).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ManifestLimits.ManifestBytes), -1, "manifest")]
    [InlineData(nameof(ManifestLimits.ManifestChildren), 2, "at most {0} are read")]
    [InlineData(nameof(AnalysisLimits.Layers), 2, "at most {0} are read")]
    public async Task ARegistrysManifestsKeepTheSameLimits(string limit, int within, string reason)
    {
        await using var registry = await FakeRegistry.StartAsync();
        var layers = new[] { new LayerTar().File("a", "").ToGzip(), new LayerTar().File("b", "").ToGzip() };
        var image = registry.AddImage(layers);
        var index = registry.AddIndex((image, "linux/amd64"), (registry.AddImage(layers[..1]), "linux/arm64"));
        within = within > 0 ? within : registry.SizeOf(image);
        var place = $"{registry.Host}/app@{(limit == nameof(ManifestLimits.ManifestBytes) ? image : index)}";
        Assert.Empty(await GapsAsync(place, limit, within));
        Assert.Contains(string.Format(CultureInfo.InvariantCulture, reason, within - 1), Assert.Single(await GapsAsync(place, limit, within - 1)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void NoLimitIsWithoutATest()
    {
        var tests = typeof(LimitTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).SelectMany(method => method.GetCustomAttributesData())
            .Where(attribute => attribute.AttributeType == typeof(TraitAttribute) && attribute.ConstructorArguments[0].Value is "Limit").Select(attribute => (string)attribute.ConstructorArguments[1].Value!);
        Assert.Empty(AnalysisLimitsTests.Keys.Except(LimitCase.All.Select(tried => tried.Limit)).Except(tests));
    }

    // What fails the whole image is told as its reason.
    private Task<IReadOnlyList<ScanGap>> GapsAsync(string limit, long value) => GapsAsync($"oci:{_layout.Folder}", limit, value);

    private static async Task<IReadOnlyList<ScanGap>> GapsAsync(string place, string limit, long value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"Analysis:Limits:{limit}", value.ToString(CultureInfo.InvariantCulture))]).Build();
        Assert.True(ImageLocation.TryParse(place, out var location, out _));
        try
        {
            return (await new StandaloneAnalyser(configuration).AnalyseAsync(location, null, new Progress<AnalysisProgress>(), CancellationToken.None)).Gaps;
        }
        catch (AnalysisException exception)
        {
            return [new ScanGap(ScanGapKind.Limit, "", exception.Message)];
        }
    }
}
