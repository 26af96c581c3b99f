using Microsoft.Extensions.Time.Testing;
using System.Globalization;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Analysis.Packages;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Layers;

/// <summary>Hits each limit of a layer: a gap tells where and why, or the layer fails.</summary>
public sealed class LayerLimitTests
{
    public static TheoryData<string> Names => [.. Goldens.All.Select(golden => golden.Name)];

    [Fact]
    public async Task PathsThatAreTooLongOrTooDeepAreGapsAndTheRestIsRead()
    {
        var scan = await ScanAsync(new LayerTar().File("a/" + new string('x', 30) + ".pkg", "a@1").File("a/b/c/d/e.pkg", "b@1").File("ok.pkg", "c@1"), new() { PathBytes = 24, PathDepth = 3 });
        Assert.Equal("c", Assert.Single(scan.Detections).Scan!.Packages[0].Name);
        Assert.Equal(["a/" + new string('x', 30) + ".pkg", "a/b/c/d/e.pkg"], scan.Gaps.Select(gap => gap.Path));
        Assert.All(scan.Gaps, gap => Assert.True(gap.Kind == ScanGapKind.Limit && gap.Reason.Contains("24 bytes or deeper than 3", StringComparison.Ordinal), gap.Reason));
    }

    [Fact]
    public async Task GapsBeyondTheLimitAreCounted()
    {
        var tar = new LayerTar();
        for (var number = 0; number < 5; number++)
        {
            tar.File($"../{number}", "");
        }

        var gaps = (await ScanAsync(tar, new() { Gaps = 2 })).Gaps;
        Assert.Equal(["../0", "../1", ""], gaps.Select(gap => gap.Path));
        Assert.Equal((ScanGapKind.Limit, "3 more gaps are not listed."), (gaps[2].Kind, gaps[2].Reason));
    }

    [Fact]
    public async Task PackagesBeyondTheLimitAreAGapOfTheirFile()
    {
        var limits = new AnalysisLimits { Components = 2 };
        var merged = LayerMerge.Merge([await ScanAsync(new LayerTar().File("a.pkg", "a@1\nb@1").File("b.pkg", "c@1"), limits)], limits);
        Assert.Equal((ScanGapKind.Limit, "b.pkg"), (merged.Gaps.Single().Kind, merged.Gaps.Single().Path));
        Assert.Contains("more than 2 packages", merged.Gaps.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public Task TooManyPackageFilesFailTheLayer() =>
        AssertLimitAsync("more than 2 package files", new LayerTar().File("a.pkg", "a@1").File("b.pkg", "b@1").File("c.pkg", "c@1"), new() { FilesRead = 2 });

    [Fact]
    public Task TooManyPathsFailTheLayer() => AssertLimitAsync("more than 40 bytes", new LayerTar().File("some/long/path/a", "").File("another/long/path/of/it", ""), new() { ChangeBytes = 40 });

    [Fact]
    public Task ALongPaxRecordFailsTheLayer() => AssertLimitAsync("pax record", new LayerTar().Pax(("comment", new string('x', 60))).File("a", ""), new() { PaxRecordBytes = 50 });

    [Fact]
    public Task LargePaxHeadersFailTheLayer() =>
        AssertLimitAsync("extended header", new LayerTar().Pax(("a", new string('x', 60)), ("b", new string('x', 60))).File("a", ""), new() { PaxBytes = 100 });

    [Fact]
    public Task ALongGnuNameFailsTheLayer() =>
        AssertLimitAsync("extended header", new LayerTar().Entry("././@LongLink", 'L', "", new byte[50]).File("a", ""), new() { PathBytes = 40 });

    [Fact]
    public Task AFileThatSaysItIsLargerThanAnImageMayBeFailsTheLayer() =>
        AssertLimitAsync("A file of the layer is larger than the 1048576 bytes", new LayerTar().Raw(LayerTar.Header("a", '0', "", 2 << 20)), new() { UncompressedBytes = 1 << 20 });

    [Fact]
    [Trait("Limit", nameof(AnalysisLimits.Ratio))]
    [Trait("Limit", nameof(AnalysisLimits.RatioWindow))]
    public async Task TheRatioIsTheOneThatIsConfigured()
    {
        // Two values of a byte: less than a third remains.
        var content = new byte[16 << 20];
        new Random(1).NextBytes(content);
        foreach (ref var value in content.AsSpan())
        {
            value &= 1;
        }

        var tar = new LayerTar().File("noise", content);
        await AssertLimitAsync("more than 2 times", tar, new() { RatioWindow = 4 << 20, Ratio = 2 });
        Assert.Equal(1, (await ScanAsync(tar, new() { RatioWindow = 4 << 20 })).Entries);
        // What is smaller than the window is not judged.
        Assert.Equal(1, (await ScanAsync(tar, new() { RatioWindow = 17 << 20, Ratio = 2 })).Entries);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task AFileOverItsExtractorsLimitIsAGapWithItsPath(string name)
    {
        var golden = Goldens.All.Single(golden => golden.Name == name);
        var extractor = new TightExtractor(PackageExtractors.All.Single(extractor => extractor.Id == golden.Extractor), golden.Content.Length - 1);
        var scan = await ScanAsync(new LayerTar().File(golden.Path, golden.Content), new(), extractor);
        Assert.Empty(Assert.Single(scan.Detections).Scan!.Packages);
        var gap = Assert.Single(LayerMerge.Merge([scan], new AnalysisLimits()).Gaps);
        Assert.Equal((ScanGapKind.Limit, golden.Path, $"The file is larger than {golden.Content.Length - 1} bytes."), (gap.Kind, gap.Path, gap.Reason));
    }

    [Fact]
    public async Task AProgramOver256MebibytesIsAGap()
    {
        const long size = (256L << 20) + 1;
        var header = LayerTar.Header("usr/bin/huge", '0', "", size);
        PaddedStream Open() => new([.. header, 0x7f, .. "ELF"u8], size - 4 + 511 + 1024);
        using var hashed = Open();
        var digest = Digest.FromHash(await System.Security.Cryptography.SHA256.HashDataAsync(hashed));
        using var stream = Open();
        var scan = await new LayerScanner(PackageExtractors.All, new AnalysisLimits()).ScanAsync(stream, digest, stream.Length, NoProgress.Instance, CancellationToken.None);
        Assert.NotEmpty(scan.Detections);
        Assert.All(scan.Detections, found => Assert.Equal((ScanGapKind.Limit, "usr/bin/huge"), (found.Scan!.Gaps![0].Kind, found.Scan.Gaps[0].Path)));
    }

    [Fact]
    public async Task ALayerThatIsWorkedAtTooLongFails()
    {
        var clock = new FakeTimeProvider();
        var blob = new LayerTar().File("a.slow", "x").ToGzip();
        var scanner = new LayerScanner([new SlowExtractor(() => clock.Advance(TimeSpan.FromMinutes(16)))], new AnalysisLimits(), () => clock.GetElapsedTime(0));
        var exception = await Assert.ThrowsAsync<LayerException>(() => scanner.ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None));
        Assert.Equal((LayerError.Limit, "The image's layers take more than 15 minutes to read."), (exception.Error, exception.Message));
    }

    [Fact]
    public async Task WaitingForBytesIsNoWork()
    {
        var clock = new FakeTimeProvider();
        var blob = new LayerTar().File("a.slow", "x").ToGzip();
        var scanner = new LayerScanner([new SlowExtractor(() => clock.Advance(TimeSpan.FromMinutes(14)))], new AnalysisLimits(), () => clock.GetElapsedTime(0));
        using var stream = new LateStream(blob, () => clock.Advance(TimeSpan.FromHours(1)));
        Assert.Equal(1, (await scanner.ScanAsync(stream, Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None)).Entries);
    }

    [Fact]
    [Trait("Limit", nameof(AnalysisLimits.WorkTime))]
    public async Task LayersOfOneImageAreWorkedAtTogetherNoLongerThanTheLimit()
    {
        var (clock, limits) = (new FakeTimeProvider(), new AnalysisLimits { WorkTime = TimeSpan.FromMinutes(15) });
        var blob = new LayerTar().File("a.slow", "x").ToGzip();
        var minutes = TimeSpan.FromMinutes(7.5);
        var scanner = new LayerScanner([new SlowExtractor(() => clock.Advance(minutes))], limits, () => clock.GetElapsedTime(0));
        Task<LayerScan> ScanAsync(ImageWork work) => scanner.ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, work, CancellationToken.None);
        var image = new ImageWork(limits);
        await ScanAsync(image);
        Assert.Equal(1, (await ScanAsync(image)).Entries);

        minutes += TimeSpan.FromSeconds(1);
        image = new ImageWork(limits);
        await ScanAsync(image);
        Assert.Equal(LayerError.Limit, (await Assert.ThrowsAsync<LayerException>(() => ScanAsync(image))).Error);
        Assert.Equal(1, (await ScanAsync(new ImageWork(limits))).Entries);
    }

    private static async Task AssertLimitAsync(string reason, LayerTar tar, AnalysisLimits limits)
    {
        var exception = await Assert.ThrowsAsync<LayerException>(() => ScanAsync(tar, limits));
        Assert.Equal(LayerError.Limit, exception.Error);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    private static Task<LayerScan> ScanAsync(LayerTar tar, AnalysisLimits limits, IPackageExtractor? extractor = null)
    {
        var blob = tar.ToGzip();
        return new LayerScanner([extractor ?? new ListExtractor()], limits).ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
    }

    private sealed class TightExtractor(IPackageExtractor extractor, int limit) : IPackageExtractor
    {
        public string Id => extractor.Id;
        public int Version => extractor.Version;
        public int MaxFileSize => limit;
        public bool Wants(ReadOnlySpan<char> path) => extractor.Wants(path);
        public bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head) => extractor.WantsHead(path, head);
        public FileScan Extract(string path, ReadOnlySpan<byte> content) => throw new InvalidOperationException(content.Length.ToString(CultureInfo.InvariantCulture));
    }

    private sealed class SlowExtractor(Action work) : IPackageExtractor
    {
        public string Id => "slow";
        public int Version => 1;
        public int MaxFileSize => 1024;
        public bool Wants(ReadOnlySpan<char> path) => path.EndsWith(".slow");

        public FileScan Extract(string path, ReadOnlySpan<byte> content)
        {
            work();
            return FileScan.Empty;
        }
    }

    private sealed class LateStream(byte[] content, Action pass) : MemoryStream(content)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            pass();
            return Read(buffer.Span);
        }
    }
}
