using System.Text;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;
using ZstdSharp;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class ChiselExtractorTests
{
    private const string Path = "var/lib/chisel/manifest.wall";

    private const string Manifest = """
        {"jsonwall":"1.0","schema":"1.0","count":6}
        {"kind":"content","slice":"openssl_config","path":"/etc/ssl/openssl.cnf"}
        {"kind":"package","name":"libgcc-s1","version":"14.2.0-4ubuntu2~24.04","sha256":"ab","arch":"amd64"}
        {"kind":"package","name":"libicu74","version":"74.2-1ubuntu3","sha256":"ab","arch":"amd64"}
        {"kind":"package","name":"libssl3t64","version":"3.0.13-0ubuntu3.4","sha256":"ab","arch":"amd64"}
        {"kind":"package","name":"tzdata","version":"2024a-3ubuntu1.1","sha256":"ab","arch":"all"}
        {"kind":"path","path":"/etc/","mode":"0755","slices":["base-files_base"]}
        {"kind":"slice","name":"base-files_base"}

        """;

    [Fact]
    public void PackagesAreReadWithTheirSources()
    {
        var scan = Extraction.Of(Path, Zstd(Manifest));
        Assert.Null(scan.Gaps);
        Assert.Equal(["libgcc-s1 14.2.0-4ubuntu2~24.04 gcc-14", "libicu74 74.2-1ubuntu3 icu", "libssl3t64 3.0.13-0ubuntu3.4 openssl", "tzdata 2024a-3ubuntu1.1 "],
            scan.Packages.Select(p => $"{p.Name} {p.Version} {p.SourceName}"));
    }

    [Fact]
    public void ASourceThatIsNotKnownIsTold()
    {
        var scan = Extraction.Of(Path, Zstd("{\"jsonwall\":\"1.0\"}\n{\"kind\":\"package\",\"name\":\"libquux7\",\"version\":\"1\",\"arch\":\"amd64\"}\n"));
        Assert.Single(scan.Packages);
        Assert.Contains("libquux7", Assert.Single(scan.Gaps!).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AManifestWithoutAPackageIsNotTakenForAnEmptyImage() =>
        Assert.Throws<InvalidDataException>(() => Extraction.Of(Path, Zstd("{\"jsonwall\":\"1.0\"}\n{\"kind\" : \"package\",\"name\":\"bash\",\"version\":\"1\"}\n")));

    [Fact]
    public void AManifestCutAnywhereIsMalformed()
    {
        var whole = Zstd(Manifest);
        for (var cut = 0; cut < whole.Length; cut++)
        {
            Assert.Throws<InvalidDataException>(() => Extraction.Of(Path, whole[..cut]));
        }
    }

    [Fact]
    public void WhatIsNoManifestIsMalformedAndWhatGrowsWithoutEndIsOverALimit()
    {
        Assert.ThrowsAny<Exception>(() => Extraction.Of(Path, Zstd("{\"kind\":\"package\"}\n")));
        Assert.Throws<FormatLimitException>(() => Extraction.Of(Path, Zstd(new string(' ', 65 << 20))));
    }

    [Fact]
    public async Task ADpkgDatabaseBesideItWins()
    {
        var status = "Package: libssl3t64\nVersion: 3.0.13-0ubuntu3.4\nArchitecture: amd64\nSource: openssl\n\n";
        var both = await InventoryAsync(new LayerTar().File(Path, Zstd(Manifest)).File("var/lib/dpkg/status.d/libssl3t64", status));
        Assert.Equal(["dpkg"], both.Sets.Select(set => set.Kind));
        var alone = await InventoryAsync(new LayerTar().File(Path, Zstd(Manifest)).File("opt/x/var/lib/dpkg/status", status));
        Assert.Equal(["chisel", "dpkg"], alone.Sets.Select(set => set.Kind).Order());
    }

    private static async Task<Inventory> InventoryAsync(LayerTar tar)
    {
        var blob = tar.ToGzip();
        var scan = await new LayerScanner(PackageExtractors.All, new AnalysisLimits()).ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
        return Inventory.Of(LayerMerge.Merge([scan], new AnalysisLimits()), new AnalysisLimits());
    }

    private static byte[] Zstd(string text)
    {
        using var packed = new MemoryStream();
        using (var stream = new CompressionStream(packed))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
