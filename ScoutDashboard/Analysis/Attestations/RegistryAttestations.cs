using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>The attestations of a repository of a registry.</summary>
internal sealed class RegistryAttestations(RegistryClient registry, RegistryAccess access, string repository) : IAttestationSource
{
    public Task<Manifest> GetManifestAsync(Digest digest, CancellationToken cancellationToken) => registry.GetManifestAsync(access, repository, digest.Value, cancellationToken);

    public Task<byte[]> GetBlobAsync(Descriptor blob, int maxBytes, CancellationToken cancellationToken) => registry.GetBlobAsync(access, repository, blob, maxBytes, cancellationToken);

    public Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken) => registry.ListReferrersAsync(access, repository, subject, cancellationToken);
}
