using ScoutDashboard.Analysis.Attestations;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>Reads one image of one platform: configuration, layers, merge; and has its inventory stored.</summary>
public sealed class ImageReader(RegistryClient registry, LayerSource layers, ImageAssembly assembly, InventoryStore inventory)
{
    public Task<ImageConfig> ReadConfigAsync(AnalysisRequest request, ImageManifest manifest, CancellationToken cancellationToken) =>
        assembly.ReadConfigAsync(manifest, maxBytes => registry.GetBlobAsync(request.Access, request.Repository, manifest.Config, maxBytes, cancellationToken));

    public async Task ReadAsync(
        AnalysisRequest request, long imageId, AttestedImage subject, ImageManifest manifest, ImageConfig config, IProgress<AnalysisProgress> progress, CancellationToken cancellationToken)
    {
        var image = await assembly.AssembleAsync(manifest, config, async readable =>
        {
            var scanned = await layers.ScanAsync(request.Access, request.Repository, readable, new PullProgress(progress), cancellationToken);
            progress.Report(new AnalysisProgress("Reading attestations", manifest.Layers.Count, manifest.Layers.Count, 0, 0));
            return scanned;
        });
        var before = await inventory.ReadAttestationsAsync(imageId, cancellationToken);
        image = await assembly.AttestAsync(image, new RegistryAttestations(registry, request.Access, request.Repository), subject, before, cancellationToken);
        progress.Report(new AnalysisProgress("Storing packages", manifest.Layers.Count, manifest.Layers.Count, 0, 0));
        await inventory.SaveAsync(imageId, image, cancellationToken);
    }
}
