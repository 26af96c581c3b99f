using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Analysis.Packages;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Layers;

/// <summary>One layer that holds every golden file.</summary>
internal static class GoldenLayer
{
    public static readonly string[] Forms = ["tar", "gzip", "gzip-members", "zstd", "zstd-frames"];

    public static byte[] Tar { get; } = Write().ToArray();

    /// <summary>The layer without the two blocks of zeros that end it.</summary>
    public static byte[] OpenTar { get; } = Write().ToArray(endMarker: false);

    /// <summary>A tar as a registry would hold it.</summary>
    public static byte[] Packed(string form, byte[] tar) => form switch
    {
        "gzip" => LayerTar.Gzip(tar),
        "gzip-members" => LayerTar.Gzip(tar, members: 5),
        "zstd" => LayerTar.Zstd(tar),
        "zstd-frames" => [.. LayerTar.Zstd(tar[..(tar.Length / 3)]), .. LayerTar.Zstd(tar[(tar.Length / 3)..])],
        _ => tar,
    };

    /// <summary>Scans with every extractor; the manifest declares the bytes as they are, or <paramref name="declared"/>.</summary>
    public static Task<LayerScan> ScanAsync(byte[] blob, byte[]? declared = null, AnalysisLimits? limits = null) =>
        new LayerScanner(PackageExtractors.All, limits ?? new AnalysisLimits()).ScanAsync(
            new MemoryStream(blob), Digest.Of(declared ?? blob), (declared ?? blob).Length, NoProgress.Instance, CancellationToken.None);

    private static LayerTar Write() => Goldens.All.Aggregate(new LayerTar(), (tar, golden) =>
        golden.Sidecar is null ? tar.File(golden.Path, golden.Content) : tar.File($"{golden.Path}-wal", golden.Sidecar).File(golden.Path, golden.Content));
}
