using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Support;

/// <summary>What the product reads of layers laid over each other, lowest first; each scan goes through storage as in the product.</summary>
internal static class LayeredImage
{
    public static async Task<Inventory> InventoryAsync(params LayerTar[] layers) => Inventory.Of(await MergeAsync(new AnalysisLimits(), layers), new AnalysisLimits());

    public static async Task<MergedInventory> MergeAsync(AnalysisLimits limits, params LayerTar[] layers)
    {
        var scans = new List<LayerScan?>();
        foreach (var blob in layers.Select(layer => layer.ToGzip()))
        {
            var scan = await new LayerScanner(PackageExtractors.All, limits).ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
            scans.Add(LayerScanStorage.Decode(LayerScanStorage.Encode(scan)));
        }

        return LayerMerge.Merge(scans, limits);
    }
}
