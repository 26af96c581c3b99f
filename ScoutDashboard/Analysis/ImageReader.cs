using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>Reads one image of one platform: configuration, layers, merge; and has its inventory stored.</summary>
public sealed class ImageReader(RegistryClient registry, LayerSource layers, InventoryStore inventory, AnalysisSetup setup)
{
    public async Task<ImageConfig> ReadConfigAsync(AnalysisRequest request, ImageManifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.Layers.Count > setup.Limits.Layers)
        {
            throw new AnalysisException($"The image has {manifest.Layers.Count} layers; at most {setup.Limits.Layers} are read.");
        }

        var json = await registry.GetBlobAsync(request.Access, request.Repository, manifest.Config, setup.Limits.ConfigBytes, cancellationToken);
        try
        {
            return ImageConfig.Parse(json, setup.Limits);
        }
        catch (InvalidDataException exception)
        {
            throw new AnalysisException(exception.Message, exception);
        }
    }

    public async Task ReadAsync(
        AnalysisRequest request, long imageId, ImageManifest manifest, ImageConfig config, IProgress<AnalysisProgress> progress, CancellationToken cancellationToken)
    {
        var gaps = new GapList(setup.Limits.Gaps);
        if (config.Platform.Os == "windows")
        {
            gaps.Add(ScanGapKind.Unsupported, "", "Windows packages are not read yet.");
        }

        var scanned = await layers.ScanAsync(request.Access, request.Repository, Readable(manifest.Layers, gaps), new PullProgress(progress), cancellationToken);
        foreach (var gap in scanned.Gaps.Values)
        {
            gaps.Add(gap);
        }

        progress.Report(new AnalysisProgress("Storing packages", manifest.Layers.Count, manifest.Layers.Count, 0, 0));
        var scans = manifest.Layers.Select(layer => scanned.Scans.GetValueOrDefault(layer.Digest)).ToList();
        if (scans.Sum(scan => (long)(scan?.Entries ?? 0)) > setup.Limits.EntriesPerImage)
        {
            throw new AnalysisException($"The image has more than {setup.Limits.EntriesPerImage} files.");
        }

        var merged = LayerMerge.Merge(scans, setup.Limits);
        var found = Inventory.Of(merged, setup.Limits);
        foreach (var gap in merged.Gaps.Concat(found.Gaps))
        {
            gaps.Add(gap);
        }

        await inventory.SaveAsync(imageId, new AnalysedImage(manifest, config, merged.Distribution, found, gaps.ToList()), cancellationToken);
    }

    private List<Descriptor> Readable(IReadOnlyList<Descriptor> all, GapList gaps)
    {
        var readable = new List<Descriptor>();
        long bytes = 0;
        foreach (var layer in all)
        {
            if (ManifestKinds.WhyNotPulled(layer) is { } reason)
            {
                gaps.Add(ScanGapKind.NotPulled, "", reason);
            }
            else if (bytes + layer.Size > setup.Limits.WireBytes)
            {
                gaps.Add(ScanGapKind.Limit, "", $"Layer {layer.Digest.Short} was not pulled: at most {setup.Limits.WireBytes} bytes of an image are.");
            }
            else
            {
                bytes += layer.Size;
                readable.Add(layer);
            }
        }

        return readable;
    }
}
