using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>
/// Reads one manifest from a registry and stores its inventory. An index stores itself and one image for each selected platform.
/// Throws <see cref="RegistryException"/>, or <see cref="AnalysisException"/> where the image can't be analysed; then its row says why.
/// </summary>
public sealed class ImageAnalyser
{
    public Task<AnalysisResult> AnalyseAsync(AnalysisRequest request, IProgress<AnalysisProgress> progress, CancellationToken cancellationToken) => throw new NotImplementedException();
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
