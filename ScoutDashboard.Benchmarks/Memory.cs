using System.Diagnostics;
using System.Globalization;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Benchmarks;

/// <summary>What scanning one layer needs of memory, each in a process of its own, so that the peak is that layer's.</summary>
internal sealed class Memory(Report report, DirectoryInfo folder)
{
    /// <summary>First argument of the process that scans one layer.</summary>
    public const string ScanCommand = "scan";
    private const long MostPeak = 400 << 20;
    private const long MostGrowth = 4 << 20;
    private const int Megabyte = 1 << 20;

    public async Task RunAsync()
    {
        var large = LayerContents.Programs(1, 200 * Megabyte).Concat(LayerContents.RealFiles(1500L * Megabyte)).Concat(LayerContents.Programs(1500, Megabyte));
        await PeakAsync("1.5 GiB layer with a program of 200 MiB", Make("large", large, 1536L * Megabyte));
        await PeakAsync("layer of 300,000 files", Make("many", LayerContents.SmallFiles(300_000)));

        var (small, four) = (await ScanApartAsync(Make("quarter", LayerContents.Programs(256, Megabyte))), await ScanApartAsync(Make("whole", LayerContents.Programs(1024, Megabyte))));
        report.Add("Allocated for 256 MiB and for 1 GiB of files of 1 MiB, half of them programs",
            $"{(double)small.Allocated / Megabyte:f1} MiB, {(double)four.Allocated / Megabyte:f1} MiB", "does not grow with the bytes", four.Allocated - small.Allocated <= MostGrowth);
    }

    /// <summary>What the process of its own does: <paramref name="arguments"/> are the layer's file, digest and size.</summary>
    public static async Task ScanAsync(string[] arguments)
    {
        await using var blob = PackedLayer.Open(arguments[0]);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var scanner = new LayerScanner(PackageExtractors.All, new AnalysisLimits());
        var scan = await scanner.ScanAsync(blob, Digest.Parse(arguments[1]), long.Parse(arguments[2], CultureInfo.InvariantCulture), NoProgress.Instance, CancellationToken.None);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"{process.PeakWorkingSet64} {allocated} {scan.Entries}");
    }

    private async Task PeakAsync(string what, PackedLayer layer)
    {
        var need = await ScanApartAsync(layer);
        report.Add($"Peak memory of the process: {what}", $"{need.Peak / Megabyte} MiB", $"< {MostPeak / Megabyte} MiB", need.Peak < MostPeak);
    }

    private PackedLayer Make(string name, IEnumerable<LayerContent> files, long limit = long.MaxValue)
    {
        Report.Note($"Packing the layer \"{name}\"");
        return PackedLayer.Write(Path.Combine(folder.FullName, name), files, Packing.FastGzip, limit);
    }

    private static async Task<Need> ScanApartAsync(PackedLayer layer)
    {
        string[] arguments = [typeof(Memory).Assembly.Location, ScanCommand, layer.Path, layer.Digest.Value, layer.Size.ToString(CultureInfo.InvariantCulture)];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Split(' ') is [var peak, var allocated, var files] && int.Parse(files, CultureInfo.InvariantCulture) == layer.Files
            ? new Need(long.Parse(peak, CultureInfo.InvariantCulture), long.Parse(allocated, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The process that scans a layer failed: {output}");
    }

    private readonly record struct Need(long Peak, long Allocated);
}
