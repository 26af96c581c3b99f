using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>
/// Gives the scans of layers: from the database where the same blob was scanned by the same extractors, else from the registry; each blob
/// is pulled once, however many analyses ask for it at the same time.
/// </summary>
public sealed class LayerSource(RegistryClient registry, IDbContextFactory<ScoutDb> databases, AnalysisSetup setup, TimeProvider clock) : IDisposable
{
    private readonly KeyedLocks _blobs = new();
    private readonly SemaphoreSlim _pulls = new(setup.Options.ParallelLayers);

    /// <summary>
    /// Scans by blob digest; a layer that the registry gave but that can't be read is told as a gap instead. Throws <see cref="RegistryException"/>.
    /// </summary>
    public async Task<LayerScans> ScanAsync(RegistryAccess access, string repository, IReadOnlyCollection<Descriptor> layers, PullProgress progress, CancellationToken cancellationToken)
    {
        var wanted = layers.DistinctBy(layer => layer.Digest).ToList();
        var scans = await FindAsync(wanted.ConvertAll(layer => layer.Digest.Value), cancellationToken);
        ScoutTelemetry.LayersKnown(scans.Count);
        return await LayerScans.CollectAsync(
            wanted, scans, setup, progress, (layer, work, token) => PullOnceAsync(access, repository, layer, progress, work, token), cancellationToken);
    }

    public void Dispose() => _pulls.Dispose();

    private async Task<LayerScan> PullOnceAsync(RegistryAccess access, string repository, Descriptor layer, PullProgress progress, ImageWork work, CancellationToken cancellationToken)
    {
        using var blob = await _blobs.EnterAsync(layer.Digest.Value, cancellationToken);
        if ((await FindAsync([layer.Digest.Value], cancellationToken)).TryGetValue(layer.Digest, out var stored))
        {
            ScoutTelemetry.LayersKnown(1);
            return stored;
        }

        await _pulls.WaitAsync(cancellationToken);
        try
        {
            var scan = await PullAsync(access, repository, layer, progress, work, cancellationToken);
            await StoreAsync(layer, scan, cancellationToken);
            ScoutTelemetry.LayerPulled(scan.WireSize);
            return scan;
        }
        finally
        {
            _pulls.Release();
        }
    }

    // What the transfer got wrong is the registry's fault, and may be right next time; nothing of it is kept.
    private async Task<LayerScan> PullAsync(RegistryAccess access, string repository, Descriptor layer, PullProgress progress, ImageWork work, CancellationToken cancellationToken)
    {
        await using var stream = await registry.OpenUnverifiedBlobAsync(access, repository, layer, cancellationToken);
        try
        {
            return await setup.Scanner.ScanAsync(stream, layer.Digest, layer.Size, progress.For(layer.Digest), work, cancellationToken);
        }
        catch (LayerException exception) when (exception.Error is LayerError.Truncated or LayerError.DigestMismatch)
        {
            throw new RegistryException(exception.Error == LayerError.Truncated ? RegistryError.Truncated : RegistryError.DigestMismatch, exception.Message, exception);
        }
        catch (IOException exception)
        {
            throw new RegistryException(RegistryError.Truncated, $"The registry broke off while it sent layer {layer.Digest.Short}.", exception);
        }
    }

    private async Task<Dictionary<Digest, LayerScan>> FindAsync(List<string> digests, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await db.Layers.Where(layer => layer.ExtractorSet == setup.ExtractorSet && digests.Contains(layer.BlobDigest))
            .Select(layer => new { layer.BlobDigest, layer.Scan }).ToListAsync(cancellationToken);
        var scans = new Dictionary<Digest, LayerScan>();
        foreach (var row in rows)
        {
            try
            {
                scans[Digest.Parse(row.BlobDigest)] = LayerScanStorage.Decode(row.Scan);
            }
            catch (InvalidDataException)
            {
                // A damaged row is as good as none: the blob is pulled again and the row replaced.
            }
        }

        return scans;
    }

    private async Task StoreAsync(Descriptor layer, LayerScan scan, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Layers.Where(row => row.BlobDigest == layer.Digest.Value && row.ExtractorSet == setup.ExtractorSet).ExecuteDeleteAsync(cancellationToken);
        db.Layers.Add(new Layer
        {
            BlobDigest = layer.Digest.Value, ExtractorSet = setup.ExtractorSet, Scan = LayerScanStorage.Encode(scan),
            Size = scan.WireSize, UncompressedSize = scan.UncompressedSize, ScannedAt = clock.GetUtcNow().UtcDateTime,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (db.IsDuplicate(exception))
        {
            // Another process stored the same scan of the same bytes.
        }
    }
}
