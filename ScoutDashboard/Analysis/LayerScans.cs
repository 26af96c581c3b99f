using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>What came of an image's layers.</summary>
/// <param name="Scans">What was read, by blob digest.</param>
/// <param name="Gaps">What could not be read, by blob digest.</param>
public sealed record LayerScans(IReadOnlyDictionary<Digest, LayerScan> Scans, IReadOnlyDictionary<Digest, ScanGap> Gaps)
{
    /// <summary>Scans the layers that are not known yet, several at a time; a <see cref="LayerException"/> becomes that layer's gap, every other one ends it.</summary>
    /// <param name="wanted">Each blob once.</param>
    /// <param name="known">Scans that are there already; they cost the image nothing.</param>
    /// <param name="scan">Scans a layer, at the image's cost.</param>
    internal static async Task<LayerScans> CollectAsync(
        IReadOnlyCollection<Descriptor> wanted, IReadOnlyDictionary<Digest, LayerScan> known, AnalysisSetup setup, PullProgress progress,
        Func<Descriptor, ImageWork, CancellationToken, Task<LayerScan>> scan, CancellationToken cancellationToken)
    {
        var scans = new Dictionary<Digest, LayerScan>(known);
        var gaps = new Dictionary<Digest, ScanGap>();
        var work = new ImageWork(setup.Limits);
        // The largest first: it takes longest, and the small ones fill the other cores meanwhile.
        var missing = wanted.Where(layer => !known.ContainsKey(layer.Digest)).OrderByDescending(layer => layer.Size).ToList();
        progress.Begin(wanted.Count, wanted.Count - missing.Count, missing.Sum(layer => layer.Size));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = setup.Options.ParallelLayers, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(missing, parallel, async (layer, token) =>
        {
            try
            {
                work.Check();
                var scanned = await scan(layer, work, token);
                lock (gaps)
                {
                    scans[layer.Digest] = scanned;
                }
            }
            catch (LayerException exception)
            {
                lock (gaps)
                {
                    // The whole layer has no path: its digest tells which one it is.
                    gaps[layer.Digest] = exception.Error == LayerError.Limit
                        ? new ScanGap(ScanGapKind.Limit, "", $"Layer {layer.Digest.Short} was not read. {exception.Message}") : new ScanGap(ScanGapKind.Malformed, "", exception.Message);
                }
            }
            catch (Exception exception) when (layer.IsForeign && exception is RegistryException or AnalysisException or IOException)
            {
                // Windows itself, not the image's own content; a site without the internet can't have it.
                lock (gaps)
                {
                    gaps[layer.Digest] = new ScanGap(ScanGapKind.NotPulled, "", DisplayText.Sanitise($"Layer {layer.Digest.Short} of the Windows base image was not read: {exception.Message}", 500));
                }
            }

            progress.Done(layer.Digest, layer.Size);
        });
        return new LayerScans(scans, gaps);
    }
}
