using ScoutDashboard.Analysis.Attestations;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>Analyses one image of one platform as the dashboard does, without a database: nothing is kept.</summary>
public sealed class StandaloneAnalyser(IConfiguration configuration)
{
    private readonly AnalysisSetup _setup = AnalysisSetup.Read(configuration);

    /// <summary>Throws <see cref="AnalysisException"/> with one sentence for a person where there is no such image, or it can't be read.</summary>
    /// <param name="platform">The one to choose of an index; null for linux/amd64, or the only one.</param>
    public async Task<StandaloneImage> AnalyseAsync(ImageLocation location, Platform? platform, IProgress<AnalysisProgress> progress, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = await ImageSources.OpenAsync(location, configuration, _setup.Limits, cancellationToken);
            progress.Report(new AnalysisProgress("Reading manifest", 0, 0, 0, 0));
            var (manifest, index) = await ManifestChoice.OfAsync(source, await source.FindAsync(cancellationToken), platform, _setup.Limits.IndexDepth, cancellationToken);
            return await AnalyseAsync(source, new AttestedImage(manifest.Digest, index), manifest, platform, progress, cancellationToken);
        }
        catch (Exception exception) when (exception is RegistryException or LayerException or IOException or UnauthorizedAccessException)
        {
            throw new AnalysisException(exception.Message, exception);
        }
    }

    private async Task<StandaloneImage> AnalyseAsync(
        IImageSource source, AttestedImage subject, Manifest manifest, Platform? platform, IProgress<AnalysisProgress> progress, CancellationToken cancellationToken)
    {
        var image = (ImageManifest)manifest.Content;
        if (ManifestKinds.WhyNoImage(image) is { } reason)
        {
            throw new AnalysisException(reason);
        }

        var assembly = new ImageAssembly(_setup);
        var config = await assembly.ReadConfigAsync(image, maxBytes => source.GetBlobAsync(image.Config, maxBytes, cancellationToken));
        if (config.Platform.Os == "unknown")
        {
            throw new AnalysisException("This is a build attestation, not an image.");
        }

        if (platform is not null && !ManifestChoice.IsSame(platform, config.Platform))
        {
            throw new AnalysisException($"The image is of {config.Platform}, not of {platform}.");
        }

        var pull = new PullProgress(progress);
        var analysed = await assembly.AssembleAsync(image, config, readable => LayerScans.CollectAsync(
            [.. readable.DistinctBy(layer => layer.Digest)], new Dictionary<Digest, LayerScan>(), _setup, pull,
            (layer, work, token) => ScanAsync(source, layer, pull.For(layer.Digest), work, token), cancellationToken));
        return Describe(manifest, HasManifest(manifest) ? await assembly.AttestAsync(analysed, source, subject, before: null, cancellationToken) : analysed);
    }

    // What the transfer or the disk got wrong is no property of the image: there is no result then.
    private async Task<LayerScan> ScanAsync(IImageSource source, Descriptor layer, IProgress<long> bytes, ImageWork work, CancellationToken cancellationToken)
    {
        await using var stream = await source.OpenUnverifiedLayerAsync(layer, cancellationToken);
        try
        {
            return await _setup.Scanner.ScanAsync(stream, layer.Digest, layer.Size, bytes, work, cancellationToken);
        }
        catch (LayerException exception) when (exception.Error is LayerError.Truncated or LayerError.DigestMismatch)
        {
            throw new AnalysisException(exception.Message, exception);
        }
    }

    // Only a docker archive has no manifest of its own, and tells the image id instead.
    private static bool HasManifest(Manifest manifest) => manifest.Content is not ImageManifest image || manifest.Digest != image.Config.Digest;

    private static StandaloneImage Describe(Manifest manifest, AnalysedImage image)
    {
        var instructions = image.Steps.Where(step => step.Layer is not null).ToDictionary(step => step.Layer!.Value, step => step.Step.Instruction);
        return new StandaloneImage(
            HasManifest(manifest) ? manifest.Digest.Value : null, image.Manifest.Config.Digest.Value, image.Config.Platform, image.Distribution,
            image.Config.CreatedAt, image.Manifest.Layers.Sum(layer => layer.Size),
            [.. image.Manifest.Layers.Select((layer, at) => new StandaloneLayer(at, layer.Digest.Value, layer.MediaType, layer.Size, instructions[at]))],
            [.. image.Inventory.Sets.SelectMany(set => set.Components, (set, component) => (Entry: component, Place: new StandalonePlace(component.Path, set.Layer)))
                .GroupBy(found => found.Entry.Purl).OrderBy(found => found.Key, StringComparer.Ordinal)
                .Select(found => new StandaloneComponent(image.Inventory.Components[found.Key],
                    [.. found.Select(one => one.Place).Distinct().OrderBy(place => place.Layer).ThenBy(place => place.Path, StringComparer.Ordinal)],
                    found.Any(one => one.Entry.ListedOnly is null) ? null : found.First().Entry.ListedOnly,
                    found.All(one => one.Entry.PartOf is not null) ? found.First().Entry.PartOf : null))],
            image.Gaps, image.Attestations);
    }
}
