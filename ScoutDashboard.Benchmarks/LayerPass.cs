using System.IO.Compression;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Benchmarks;

/// <summary>The pass over one layer (verify, inflate, walk the tar, sniff, extract) against mere inflating of the same bytes.</summary>
internal sealed class LayerPass(Report report, DirectoryInfo folder)
{
    private const int Rounds = 7;
    private const double MostOverInflate = 1.3;
    private const double LeastSpeedUp = 1.7;

    public async Task RunAsync()
    {
        var real = Make("real", LayerContents.RealFiles(400 << 20));
        await AgainstInflateAsync("libraries, programs and texts of this machine", real);
        await AgainstInflateAsync("300,000 small files", Make("small", LayerContents.SmallFiles(300_000)));
        await AgainstInflateAsync("`node_modules` with 20,000 packages", Make("node", LayerContents.NodeModules(20_000)));
        await TwoCoresAsync(real);
        await ZstdAsync(real);
    }

    private PackedLayer Make(string name, IEnumerable<LayerContent> files)
    {
        Report.Note($"Packing the layer \"{name}\"");
        return PackedLayer.Write(Path.Combine(folder.FullName, name), files);
    }

    private async Task AgainstInflateAsync(string what, PackedLayer layer)
    {
        var blob = await File.ReadAllBytesAsync(layer.Path);
        var ratio = await Comparison.RunAsync(Rounds, () => ScanAsync(layer, blob), () => Inflate(blob));
        report.Add($"Layer pass ÷ inflating alone: {what} ({layer.UncompressedSize >> 20} MiB, {layer.Files:n0} files)",
            $"{ratio.Cpu:f2} × ({layer.UncompressedSize / ratio.Subject.TotalSeconds / 1e6:f0} MB/s a core)", $"≤ {MostOverInflate} ×", ratio.Cpu <= MostOverInflate);
    }

    // Where others use the cores, the elapsed time says nothing; the processor time still tells whether the two layers hinder each other.
    private async Task TwoCoresAsync(PackedLayer layer)
    {
        var blob = await File.ReadAllBytesAsync(layer.Path);
        var load = MachineLoad.Start();
        var ratio = await Comparison.RunAsync(Rounds,
            () => Parallel.ForAsync(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (_, _) => await ScanAsync(layer, blob)),
            async () =>
            {
                await ScanAsync(layer, blob);
                await ScanAsync(layer, blob);
            });
        var others = load.OthersShare();
        report.Add("Two layers: one after the other ÷ at once, on two cores",
            $"{1 / ratio.Wall:f2} × elapsed, other programs on {others:p0} of the cores; {2 / ratio.Cpu:f2} × by processor time", $"≥ {LeastSpeedUp} ×",
            1 / ratio.Wall >= LeastSpeedUp ? true : MachineLoad.IsIdle(others) ? false : null);
    }

    private async Task ZstdAsync(PackedLayer gzip)
    {
        var zstd = gzip.Repack(Path.Combine(folder.FullName, "zstd"), Packing.Zstd);
        var (gzipBlob, zstdBlob) = (await File.ReadAllBytesAsync(gzip.Path), await File.ReadAllBytesAsync(zstd.Path));
        var ratio = await Comparison.RunAsync(Rounds, () => ScanAsync(gzip, gzipBlob), () => ScanAsync(zstd, zstdBlob));
        report.Add("Layer pass of the same files: gzip ÷ zstd", $"{ratio.Cpu:f2} × (zstd is {(double)zstd.Size / gzip.Size:p0} of the size)");
    }

    private static async Task ScanAsync(PackedLayer layer, byte[] blob)
    {
        var scan = await new LayerScanner(PackageExtractors.All, new AnalysisLimits()).ScanAsync(new MemoryStream(blob), layer.Digest, layer.Size, NoProgress.Instance, CancellationToken.None);
        if (scan.Entries != layer.Files)
        {
            throw new InvalidOperationException($"The scan saw {scan.Entries} of {layer.Files} files.");
        }
    }

    private static Task Inflate(byte[] blob)
    {
        var buffer = new byte[128 << 10];
        using var stream = new GZipStream(new MemoryStream(blob), CompressionMode.Decompress);
        while (stream.Read(buffer) > 0)
        {
        }

        return Task.CompletedTask;
    }
}
