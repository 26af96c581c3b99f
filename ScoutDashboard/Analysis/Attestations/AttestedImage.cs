using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>The image whose attestations are looked for.</summary>
/// <param name="Digest">Its manifest's.</param>
/// <param name="Index">The index that it was found in; null where it was found by itself.</param>
public sealed record AttestedImage(Digest Digest, Manifest? Index)
{
    private IReadOnlyList<Descriptor> Siblings => Index?.Content is ImageIndex index ? index.Manifests : [];

    /// <summary>Whether what is said of the index is said of this image: it holds no other.</summary>
    public bool IsAloneInIndex => Siblings.Where(ManifestKinds.MayBeImage).Select(entry => entry.Digest).Distinct().Count() == 1;

    /// <summary>The attestations that the index holds for this image (BuildKit, "Attestation storage").</summary>
    public IEnumerable<Descriptor> InIndex => Siblings.Where(entry => entry.Annotations.GetValueOrDefault("vnd.docker.reference.type") == "attestation-manifest"
        && entry.Annotations.GetValueOrDefault("vnd.docker.reference.digest") == Digest.Value);
}
