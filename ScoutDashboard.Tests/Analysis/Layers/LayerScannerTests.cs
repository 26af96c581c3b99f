using System.Buffers.Binary;
using System.Text;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Layers;

public sealed class LayerScannerTests
{
    private static readonly LayerTar Golden = new LayerTar()
        .Directory("app").File("app/a.pkg", "alpha@1\nbeta@2").File("app/readme.txt", new string('x', 3000))
        .Symlink("lib", "usr/lib").Whiteout("old/file").File("usr/lib/b.pkg", string.Join('\n', Enumerable.Range(0, 400).Select(n => $"p{n}@{n * 7919}")));

    [Fact]
    public async Task GzipZstdPlainAndManyMembersGiveTheSameScan()
    {
        var tar = Golden.ToArray();
        var plain = await ScanAsync(tar);
        Assert.Equal(402, plain.Detections.Sum(detection => detection.Scan!.Packages.Count));
        Assert.Equal(6, plain.Entries);
        Assert.Equal(tar.Length, plain.UncompressedSize);
        foreach (var blob in new[] { LayerTar.Gzip(tar), LayerTar.Gzip(tar, members: 7), LayerTar.Zstd(tar), [.. LayerTar.Zstd(tar[..1024]), .. LayerTar.Zstd(tar[1024..])] })
        {
            var scan = await ScanAsync(blob);
            AssertSame(plain, scan);
            Assert.Equal(blob.Length, scan.WireSize);
        }
    }

    [Fact]
    public async Task AnyReadSizesGiveTheSameScan()
    {
        var blob = Golden.ToGzip();
        var whole = await ScanAsync(blob);
        foreach (var seed in Enumerable.Range(0, 20))
        {
            AssertSame(whole, await ScanAsync(blob, stream: new ChoppedStream(blob, seed)));
        }
    }

    [Fact]
    public async Task ABlobCutAnywhereIsTruncatedAndGivesNoScan()
    {
        foreach (var blob in Blobs())
        {
            for (var cut = 0; cut < blob.Length; cut += Math.Max(1, Math.Min(512, blob.Length / 9)))
            {
                await AssertFailsAsync(LayerError.Truncated, blob[..cut], Digest.Of(blob), blob.Length);
            }

            await AssertFailsAsync(LayerError.Truncated, blob[..^1], Digest.Of(blob), blob.Length);
        }
    }

    [Fact]
    public async Task ABlobCutAnywhereIsMalformedEvenWhereTheManifestDeclaresTheCutBytes()
    {
        foreach (var blob in Blobs())
        {
            // The two zero blocks at the end of the plain tar hold nothing; before them every cut counts.
            var last = blob.Length % 512 == 0 ? blob.Length - 1024 : blob.Length - 1;
            for (var cut = 0; cut <= last; cut += blob.Length % 512 == 0 ? 512 : 1)
            {
                await AssertFailsAsync(LayerError.Malformed, blob[..cut], Digest.Of(blob.AsSpan(0, cut)), cut);
            }
        }
    }

    [Fact]
    public async Task AFlippedByteIsADigestMismatch()
    {
        foreach (var blob in Blobs())
        {
            for (var at = 0; at < blob.Length; at += Math.Max(1, blob.Length / 50))
            {
                byte[] flipped = [.. blob];
                flipped[at] ^= 0x41;
                await AssertFailsAsync(LayerError.DigestMismatch, flipped, Digest.Of(blob), blob.Length);
            }
        }
    }

    [Fact]
    public async Task MoreBytesThanDeclaredAreADigestMismatch()
    {
        var blob = Golden.ToGzip();
        await AssertFailsAsync(LayerError.DigestMismatch, [.. blob, 0], Digest.Of(blob), blob.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(700)]
    [InlineData(300_000)]
    public async Task BytesBehindTheGzipStreamAreMalformed(int count)
    {
        byte[] blob = [.. Golden.ToGzip(), .. new byte[count]];
        await AssertFailsAsync(LayerError.Malformed, blob, Digest.Of(blob), blob.Length);
        byte[] halfMagic = [.. Golden.ToGzip(), 0x1f];
        await AssertFailsAsync(LayerError.Malformed, halfMagic, Digest.Of(halfMagic), halfMagic.Length);
    }

    [Fact]
    public async Task AMissingEndMarkerIsAGapWhereTheCompressionEndedAndElseMalformed()
    {
        var open = Golden.ToArray(endMarker: false);
        var scan = await ScanAsync(LayerTar.Gzip(open));
        Assert.Contains("end marker", Assert.Single(scan.Gaps).Reason, StringComparison.Ordinal);
        AssertSame(await ScanAsync(Golden.ToArray()), scan with { Gaps = [] }, sizes: false);
        await AssertFailsAsync(LayerError.Malformed, open, Digest.Of(open), open.Length);
    }

    [Fact]
    public async Task AnEmptyLayerIsAnEmptyScan() => Assert.Empty((await ScanAsync(new LayerTar().ToGzip())).Detections);

    [Fact]
    public async Task AMalformedFileLeavesAnEmptyDetectionWithAGap()
    {
        var scan = Assert.Single((await ScanAsync(new LayerTar().File("a.pkg", "broken").ToGzip())).Detections).Scan!;
        Assert.Empty(scan.Packages);
        Assert.Equal((ScanGapKind.Malformed, "a.pkg"), (scan.Gaps![0].Kind, scan.Gaps[0].Path));
    }

    [Fact]
    public async Task AFileOverTheExtractorsLimitIsAGapAndNotRead()
    {
        var scan = Assert.Single((await ScanAsync(new LayerTar().File("a.pkg", "a@1\n" + new string(' ', ListExtractor.Limit)).ToGzip())).Detections).Scan!;
        Assert.Empty(scan.Packages);
        Assert.Equal(ScanGapKind.Limit, scan.Gaps![0].Kind);
    }

    [Fact]
    public async Task LongNamesOfPaxGnuAndUstarAreRead()
    {
        var folder = string.Join('/', Enumerable.Repeat("folder", 12));
        var tar = new LayerTar().Pax(("path", $"{folder}/pax.pkg")).File("short", "pax@1")
            .Entry("././@LongLink", 'L', "", Encoding.UTF8.GetBytes($"{folder}/gnu.pkg\0")).File("short", "gnu@1")
            .Raw(LayerTar.Header("ustar.pkg", '0', "", 7, header => Encoding.ASCII.GetBytes(folder).CopyTo(header, 345))).Raw("ustar@1"u8).Raw(new byte[505])
            .Raw(LayerTar.Header("big.pkg", '0', "", 0, header =>
            {
                header.AsSpan(124, 12).Clear();
                header[124] = 0x80;
                BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128), 5);
            })).Raw("big@1"u8).Raw(new byte[507]);
        Assert.Equal(["pax@1", "gnu@1", "ustar@1", "big@1"], Packages(await ScanAsync(tar.ToGzip())));
    }

    [Fact]
    public async Task APaxSizeMovesTheNextEntry()
    {
        var tar = new LayerTar().Pax(("size", "5")).Raw(LayerTar.Header("a.pkg", '0', "", 0)).Raw("aaa@1"u8).Raw(new byte[507]).File("b.pkg", "b@1");
        Assert.Equal(["aaa@1", "b@1"], Packages(await ScanAsync(tar.ToGzip())));
    }

    [Fact]
    public async Task ASizeOnALinkIsNoBody()
    {
        var tar = new LayerTar().Raw(LayerTar.Header("link", '2', "target", 512)).File("b.pkg", "b@1");
        Assert.Equal(["b@1"], Packages(await ScanAsync(tar.ToGzip())));
    }

    [Fact]
    public async Task AWrongChecksumIsMalformed()
    {
        var tar = new LayerTar().File("a.pkg", "a@1").ToArray();
        tar[0] ^= 1;
        var blob = LayerTar.Gzip(tar);
        await AssertFailsAsync(LayerError.Malformed, blob, Digest.Of(blob), blob.Length);
    }

    [Theory]
    [InlineData("/app//./x/../a.pkg", "app/a.pkg")]
    [InlineData("./a.pkg", "a.pkg")]
    [InlineData("app//a.pkg", "app/a.pkg")]
    [InlineData("app/./a.pkg", "app/a.pkg")]
    [InlineData(".//app/a.pkg//", "app/a.pkg")]
    [InlineData("app/a.pkg/.", "app/a.pkg")]
    [InlineData("app/a.pkg/b/..", "app/a.pkg")]
    [InlineData(".app/.b/...pkg/a.pkg", ".app/.b/...pkg/a.pkg")]
    [InlineData("..app/a.pkg", "..app/a.pkg")]
    [InlineData("b/../../a.pkg", null)]
    [InlineData("../a.pkg", null)]
    public async Task PathsAreNormalisedAndNeverLeaveTheRoot(string written, string? path)
    {
        var scan = await ScanAsync(new LayerTar().File(written, "a@1").ToGzip());
        if (path is null)
        {
            Assert.Empty(scan.Detections);
            Assert.Equal(ScanGapKind.Malformed, Assert.Single(scan.Gaps).Kind);
        }
        else
        {
            Assert.Equal(path, LayerMerge.Merge([scan], new AnalysisLimits()).Files.Single().Path);
        }
    }

    [Theory]
    [InlineData("A.PKG")]
    [InlineData("a.pkG")]
    [InlineData("é.pkg")]
    public async Task WhoSaysHowItsPathsEndIsAskedInWhateverCase(string path)
    {
        var extractor = new EndingExtractor(".Pkg");
        var scan = await ScanAsync(new LayerTar().File(path, "a@1").File("b.txt", "b@1").File("g", "c@1").File("é", "d@1").ToGzip(), extractors: [extractor]);
        Assert.Equal(["a@1"], Packages(scan));
        Assert.Equal([path, "g"], extractor.Asked);
    }

    [Fact]
    public async Task WhoWantsPathsOfAnyEndIsAskedOfAll()
    {
        var extractor = new EndingExtractor(null);
        await ScanAsync(new LayerTar().File("a.pkg", "").File("é", "").Symlink("b\u00ff", "c").ToGzip(), extractors: [extractor]);
        Assert.Equal(["a.pkg", "é", "b\u00ff"], extractor.Asked);
    }

    [Fact]
    public async Task ADecompressionBombIsStopped()
    {
        var limits = new AnalysisLimits { RatioWindow = 1 << 20 };
        var blob = new LayerTar().File("zeros", new byte[8 << 20]).ToGzip();
        var exception = await Assert.ThrowsAsync<LayerException>(() => ScanAsync(blob, limits: limits));
        Assert.Equal(LayerError.Limit, exception.Error);
        exception = await Assert.ThrowsAsync<LayerException>(() => ScanAsync(blob, limits: new AnalysisLimits { UncompressedBytes = 1 << 20 }));
        Assert.Equal(LayerError.Limit, exception.Error);
    }

    [Fact]
    public async Task TooManyEntriesAreStopped() => Assert.Equal(LayerError.Limit,
        (await Assert.ThrowsAsync<LayerException>(() => ScanAsync(Golden.ToGzip(), limits: new AnalysisLimits { EntriesPerLayer = 3 }))).Error);

    [Fact]
    public async Task AStoredScanComesBackWhole()
    {
        var scan = await ScanAsync(new LayerTar().File("a.pkg", "a@1").File("b.pkg", "broken").Symlink("c.pkg", "a.pkg").HardLink("d.pkg", "a.pkg")
            .HardLink("e.pkg", "elsewhere.pkg").File("../x", "").Whiteout("w").Opaque("o").ToGzip());
        AssertSame(scan, LayerScanStorage.Decode(LayerScanStorage.Encode(scan)));
        Assert.Throws<InvalidDataException>(() => LayerScanStorage.Decode([1, 2, 3]));
        Assert.Throws<InvalidDataException>(() => LayerScanStorage.Decode(LayerScanStorage.Encode(scan).AsSpan()[..^4]));
    }

    private static IEnumerable<byte[]> Blobs() => [Golden.ToArray(), Golden.ToGzip(), LayerTar.Gzip(Golden.ToArray(), members: 3), LayerTar.Zstd(Golden.ToArray())];

    private static async Task AssertFailsAsync(LayerError error, byte[] sent, Digest declared, long size)
    {
        var exception = await Assert.ThrowsAsync<LayerException>(() =>
            new LayerScanner([new ListExtractor()], new AnalysisLimits()).ScanAsync(new MemoryStream(sent), declared, size, NoProgress.Instance, CancellationToken.None));
        Assert.Equal(error, exception.Error);
    }

    private static IEnumerable<string> Packages(LayerScan scan) =>
        scan.Detections.SelectMany(detection => detection.Scan!.Packages).Select(package => $"{package.Name}@{package.Version}");

    private static Task<LayerScan> ScanAsync(byte[] blob, AnalysisLimits? limits = null, Stream? stream = null, IReadOnlyList<IPackageExtractor>? extractors = null) =>
        new LayerScanner(extractors ?? [new ListExtractor()], limits ?? new AnalysisLimits())
            .ScanAsync(stream ?? new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);

    private static void AssertSame(LayerScan expected, LayerScan actual, bool sizes = true)
    {
        Assert.Equal(expected.Changes.ToArray(), actual.Changes.ToArray());
        Assert.Equivalent(expected.Detections, actual.Detections, strict: true);
        Assert.Equal(expected.Gaps, actual.Gaps);
        Assert.Equal(expected.Entries, actual.Entries);
        if (sizes)
        {
            Assert.Equal(expected.UncompressedSize, actual.UncompressedSize);
        }
    }

    private sealed class ChoppedStream(byte[] content, int seed) : MemoryStream(content)
    {
        private readonly Random _random = new(seed);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return Read(buffer.Span[..Math.Min(buffer.Length, _random.Next(1, 40))]);
        }
    }
}
