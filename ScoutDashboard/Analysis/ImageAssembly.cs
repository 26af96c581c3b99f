using ScoutDashboard.Analysis.Attestations;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>Makes an image of its configuration and its layers' scans, wherever these come from and wherever it goes.</summary>
public sealed class ImageAssembly(AnalysisSetup setup)
{
    /// <summary>Throws <see cref="AnalysisException"/> for an image that is over a limit or has no valid configuration.</summary>
    /// <param name="read">Reads the configuration's blob, which may have so many bytes.</param>
    public async Task<ImageConfig> ReadConfigAsync(ImageManifest manifest, Func<int, Task<byte[]>> read)
    {
        if (manifest.Layers.Count > setup.Limits.Layers)
        {
            throw new AnalysisException($"The image has {manifest.Layers.Count} layers; at most {setup.Limits.Layers} are read.");
        }

        var json = await read(setup.Limits.ConfigBytes);
        try
        {
            return ImageConfig.Parse(json, setup.Limits);
        }
        catch (InvalidDataException exception)
        {
            throw new AnalysisException(exception.Message, exception);
        }
    }

    /// <param name="scan">Scans the layers that are to be read; what it leaves out is told by its gaps.</param>
    public async Task<AnalysedImage> AssembleAsync(ImageManifest manifest, ImageConfig config, Func<IReadOnlyList<Descriptor>, Task<LayerScans>> scan)
    {
        var gaps = new GapList(setup.Limits.Gaps);
        if (config.IsCut)
        {
            gaps.Add(ScanGapKind.Limit, "", $"A list in the image's configuration has more than {setup.Limits.ConfigItems} entries: labels, variables, ports or arguments beyond are not shown.");
        }

        var scanned = await scan(Readable(manifest.Layers, gaps));
        foreach (var gap in scanned.Gaps.Values)
        {
            gaps.Add(gap);
        }

        var merged = LayerMerge.Merge(Mergeable(manifest.Layers, scanned, gaps), setup.Limits);
        merged = WindowsRelease.Of(config.Platform, manifest.Layers is [var lowest, ..] ? lowest.Size : 0) is { } windows ? merged with { Files = [.. merged.Files, windows.File], Distribution = windows.Distribution } : merged;
        var found = Inventory.Of(merged, setup.Limits);
        foreach (var gap in merged.Gaps.Concat(found.Gaps))
        {
            gaps.Add(gap);
        }

        return new AnalysedImage(manifest, config, merged.Distribution, found, gaps.ToList());
    }

    /// <summary>The image with what others say of it, compared with what was found in it; whatever is wrong with that does not end the analysis.</summary>
    /// <param name="before">What was told of the image last, or null.</param>
    public async Task<AnalysedImage> AttestAsync(AnalysedImage image, IAttestationSource source, AttestedImage subject, AttestationFindings? before, CancellationToken cancellationToken) => image with
    {
        Attestations = await new AttestationReader(setup.Limits).ReadAsync(source, subject, [.. image.Inventory.Components.Values], before, cancellationToken),
    };

    private List<LayerScan?> Mergeable(IReadOnlyList<Descriptor> layers, LayerScans scanned, GapList gaps)
    {
        var scans = new List<LayerScan?>(layers.Count);
        long entries = 0;
        foreach (var layer in layers)
        {
            var scan = scanned.Scans.GetValueOrDefault(layer.Digest);
            if (scan is not null && entries + scan.Entries > setup.Limits.EntriesPerImage)
            {
                gaps.Add(ScanGapKind.Limit, "", $"Layer {layer.Digest.Short} was left out: with it the image has more than {setup.Limits.EntriesPerImage} files.");
                scan = null;
            }

            entries += scan?.Entries ?? 0;
            scans.Add(scan);
        }

        return scans;
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
