using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>Where an image's attestations lie. Throws <see cref="RegistryException"/>, <see cref="AnalysisException"/> or <see cref="IOException"/>.</summary>
public interface IAttestationSource
{
    /// <summary>A manifest that an index names; at most 4 MiB, verified.</summary>
    Task<Manifest> GetManifestAsync(Digest digest, CancellationToken cancellationToken);

    /// <summary>A small blob, whole; verified.</summary>
    Task<byte[]> GetBlobAsync(Descriptor blob, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Manifests that say that they are about this one (OCI distribution-spec, "Listing Referrers").</summary>
    Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken);
}
