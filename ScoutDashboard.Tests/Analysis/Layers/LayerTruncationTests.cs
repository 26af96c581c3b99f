using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Layers;

/// <summary>A layer that lost its end has no result at all, whatever format lost its packages with it.</summary>
public sealed class LayerTruncationTests
{
    private const int Step = 512;

    public static TheoryData<string> Forms => [.. GoldenLayer.Forms];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task TheWholeLayerHoldsSomethingOfEveryExtractor(string form)
    {
        var scan = await GoldenLayer.ScanAsync(GoldenLayer.Packed(form, GoldenLayer.Tar));
        var holding = scan.Detections.Where(detection => detection.Scan is { IsEmpty: false, Gaps: null }).Select(detection => detection.Extractor);
        Assert.Empty(PackageExtractors.All.Select(extractor => extractor.Id).Except(holding));
        Assert.Empty(scan.Gaps);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task CutOnItsWayItIsTruncated(string form)
    {
        var blob = GoldenLayer.Packed(form, GoldenLayer.Tar);
        foreach (var cut in Cuts(blob))
        {
            Assert.Equal(LayerError.Truncated, await ErrorAsync(blob[..cut], blob));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task CutBeforeItsManifestWasMadeItIsMalformed(string form)
    {
        var blob = GoldenLayer.Packed(form, GoldenLayer.Tar);
        foreach (var cut in Cuts(blob))
        {
            Assert.Equal(LayerError.Malformed, await ErrorAsync(blob[..cut], blob[..cut]));
        }
    }

    [Fact]
    public async Task APlainTarThatEndsBetweenTwoEntriesIsMalformed()
    {
        var ends = Goldens.All.Index().Skip(1).Select(golden => EndOf(golden.Index)).ToList();
        foreach (var cut in ends.Append(GoldenLayer.OpenTar.Length))
        {
            var blob = GoldenLayer.Tar[..cut];
            Assert.Equal(LayerError.Malformed, await ErrorAsync(blob, blob));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("gzip-members")]
    [InlineData("zstd")]
    [InlineData("zstd-frames")]
    public async Task WhatWasCompressedAfterItWasCutTellsThatItHasNoEnd(string form)
    {
        foreach (var golden in Goldens.All.Index().Skip(1))
        {
            var gap = Assert.Single((await GoldenLayer.ScanAsync(GoldenLayer.Packed(form, GoldenLayer.Tar[..EndOf(golden.Index)]))).Gaps);
            Assert.Equal((ScanGapKind.Malformed, ""), (gap.Kind, gap.Path));
            Assert.Contains("end marker", gap.Reason, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<int> Cuts(byte[] blob) => Enumerable.Range(0, (blob.Length + Step - 1) / Step).Select(step => step * Step).Append(blob.Length - 1);

    // Where the entries of the first goldens end: a cut there leaves only whole files.
    private static int EndOf(int goldens) => Goldens.All.Take(goldens).Sum(golden => Entry(golden.Content) + (golden.Sidecar is null ? 0 : Entry(golden.Sidecar)));

    private static int Entry(byte[] content) => 512 + ((content.Length + 511) / 512 * 512);

    private static async Task<LayerError?> ErrorAsync(byte[] sent, byte[] declared)
    {
        try
        {
            await GoldenLayer.ScanAsync(sent, declared);
            return null;
        }
        catch (LayerException exception)
        {
            return exception.Error;
        }
    }
}
