using ScoutDashboard.Analysis.Attestations;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>
/// Reads one manifest from a registry and stores its inventory. An index stores itself and one image for each selected platform.
/// Throws <see cref="RegistryException"/>, or <see cref="AnalysisException"/> where the image can't be analysed; then its row says why.
/// </summary>
public sealed class ImageAnalyser(RegistryClient registry, ImageReader reader, ImageStore images, AnalysisSetup setup)
{
    public async Task<AnalysisResult> AnalyseAsync(AnalysisRequest request, IProgress<AnalysisProgress> progress, CancellationToken cancellationToken)
    {
        var run = new Run(request, progress, []);
        var imageId = await AnalyseAsync(run, request.Digest, holder: null, isSelected: request.Tag is not null, depth: 0, cancellationToken);
        return new AnalysisResult(imageId, run.Analysed);
    }

    // Whatever ends it, the row does not stay "Analysing": what may be mended by trying again is pending, the rest has failed.
    private async Task<long> AnalyseAsync(Run run, Digest digest, Holder? holder, bool isSelected, int depth, CancellationToken cancellationToken)
    {
        var imageId = await images.BeginAsync(run.Request.RepositoryId, digest, run.Request.PushedAt, cancellationToken);
        var isSettled = false;
        try
        {
            if (holder is not null)
            {
                await images.HoldAsync(holder.IndexId, [digest], cancellationToken);
            }

            await AnalyseRowAsync(run, imageId, new AttestedImage(digest, holder?.Manifest), isSelected, depth, cancellationToken);
            isSettled = true;
            return imageId;
        }
        catch (RegistryException exception) when (!exception.IsTransient)
        {
            await images.FailAsync(imageId, exception.Message);
            isSettled = true;
            throw;
        }
        catch (AnalysisException exception)
        {
            await images.FailAsync(imageId, exception.Message);
            isSettled = true;
            throw;
        }
        finally
        {
            if (!isSettled)
            {
                await images.PostponeAsync(imageId);
            }
        }
    }

    private async Task AnalyseRowAsync(Run run, long imageId, AttestedImage subject, bool isSelected, int depth, CancellationToken cancellationToken)
    {
        run.Progress.Report(new AnalysisProgress("Reading manifest", 0, 0, 0, 0));
        var manifest = await registry.GetManifestAsync(run.Request.Access, run.Request.Repository, subject.Digest.Value, cancellationToken);
        if (manifest.Content is ImageIndex index)
        {
            await images.DescribeAsync(imageId, ImageKind.Index, manifest.MediaType, null, cancellationToken);
            await AnalyseIndexAsync(run, imageId, manifest, index, depth, cancellationToken);
            return;
        }

        var image = (ImageManifest)manifest.Content;
        if (ManifestKinds.WhyNoImage(image) is { } reason)
        {
            await images.DescribeAsync(imageId, ImageKind.Artifact, manifest.MediaType, null, cancellationToken);
            await images.SkipAsync(imageId, reason, cancellationToken);
            return;
        }

        var config = await reader.ReadConfigAsync(run.Request, image, cancellationToken);
        if (config.Platform.Os == "unknown")
        {
            await images.DescribeAsync(imageId, ImageKind.Artifact, manifest.MediaType, null, cancellationToken);
            await images.SkipAsync(imageId, "This is a build attestation, not an image.", cancellationToken);
            return;
        }

        await images.DescribeAsync(imageId, ImageKind.Image, manifest.MediaType, config.Platform.ToString(), cancellationToken);
        if (!isSelected && !setup.Options.Selects(config.Platform))
        {
            await images.SkipAsync(imageId, $"{config.Platform} is none of the platforms that are analysed ({string.Join(", ", setup.Options.Platforms)}).", cancellationToken);
            return;
        }

        await reader.ReadAsync(run.Request, imageId, subject, image, config, run.Progress, cancellationToken);
        run.Analysed.Add(imageId);
    }

    private async Task AnalyseIndexAsync(Run run, long indexId, Manifest manifest, ImageIndex index, int depth, CancellationToken cancellationToken)
    {
        if (depth >= setup.Limits.IndexDepth)
        {
            throw new AnalysisException($"The index holds indexes within indexes beyond {setup.Limits.IndexDepth} levels.");
        }

        var entries = index.Manifests.Where(ManifestKinds.MayBeImage).ToList();
        var selected = entries.Where(entry => entry.Platform is null || setup.Options.Selects(entry.Platform)).DistinctBy(entry => entry.Digest).ToList();
        if (selected.Count == 0)
        {
            var platforms = string.Join(", ", entries.Select(entry => entry.Platform).OfType<Platform>().Distinct().Take(20));
            await images.SkipAsync(indexId, platforms.Length == 0 ? "The index holds no image."
                : DisplayText.Sanitise($"None of its platforms ({platforms}) is analysed ({string.Join(", ", setup.Options.Platforms)}).", 1000), cancellationToken);
            return;
        }

        var digests = selected.ConvertAll(entry => entry.Digest);
        await images.HoldAsync(indexId, digests, cancellationToken);
        var failures = new List<AnalysisException>();
        foreach (var entry in selected)
        {
            try
            {
                await AnalyseAsync(run, entry.Digest, new Holder(indexId, manifest), isSelected: entry.Platform is not null, depth + 1, cancellationToken);
            }
            catch (AnalysisException exception)
            {
                failures.Add(exception);
            }
        }

        if (failures.Count == selected.Count)
        {
            throw new AnalysisException(failures[0].Message, failures[0]);
        }

        await images.SaveIndexAsync(indexId, digests, failures.Count == 0 ? null : failures[0].Message, cancellationToken);
    }

    // The index in which a manifest was found.
    private sealed record Holder(long IndexId, Manifest Manifest);

    private sealed record Run(AnalysisRequest Request, IProgress<AnalysisProgress> Progress, List<long> Analysed);
}

/// <param name="RepositoryId">Row id of the repository.</param>
/// <param name="Repository">Its name in the registry.</param>
/// <param name="Digest">Manifest digest.</param>
/// <param name="Tag">The tag that pointed at it, or null: an untagged child of an index is analysed only if its platform is selected.</param>
/// <param name="PushedAt">When it was pushed, UTC, where known.</param>
public sealed record AnalysisRequest(RegistryAccess Access, long RepositoryId, string Repository, Digest Digest, string? Tag, DateTime? PushedAt);

/// <summary>How far an analysis is; bytes are wire bytes of the layers that must be pulled.</summary>
public sealed record AnalysisProgress(string Step, int LayersDone, int LayersTotal, long BytesDone, long BytesTotal);

/// <param name="ImageId">Row of the requested manifest.</param>
/// <param name="AnalysedImageIds">Rows of the images whose inventory was stored: itself, or an index's children.</param>
public sealed record AnalysisResult(long ImageId, IReadOnlyList<long> AnalysedImageIds);

/// <summary>An image that can't be analysed, for a reason that trying again would not mend.</summary>
public sealed class AnalysisException(string message, Exception? inner = null) : Exception(message, inner);
