using ScoutDashboard.Analysis.Attestations;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>
/// Where one image lies: a registry, a layout folder, an archive. All of it is hostile until its digest was checked. Throws
/// <see cref="AnalysisException"/>, <see cref="RegistryException"/> or <see cref="IOException"/>.
/// </summary>
public interface IImageSource : IAttestationSource, IAsyncDisposable
{
    /// <summary>What the location names: an image's manifest or an index; at most 4 MiB, verified.</summary>
    Task<Manifest> FindAsync(CancellationToken cancellationToken);

    /// <summary>A layer's bytes. Nothing is verified: the reader must hash and count.</summary>
    Task<Stream> OpenUnverifiedLayerAsync(Descriptor layer, CancellationToken cancellationToken);
}
