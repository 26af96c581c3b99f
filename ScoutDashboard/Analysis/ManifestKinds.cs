using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>Tells images from what else lies in registries (OCI image-spec, manifest.md, "Guidelines for Artifact Usage"; BuildKit attestation storage).</summary>
internal static class ManifestKinds
{
    private static readonly string[] ImageConfigs =
        ["application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json"];

    // Media types of configurations, artifacts and their layers, by their begin.
    private static readonly (string Type, string Name)[] Artifacts =
    [
        ("application/vnd.cncf.helm.", "a Helm chart"),
        ("application/vnd.wasm.", "a WebAssembly module"),
        ("application/wasm", "a WebAssembly module"),
        ("application/vnd.dev.cosign.simplesigning", "a signature"),
        ("application/vnd.dev.cosign.artifact.sig", "a signature"),
        ("application/vnd.cncf.notary.signature", "a signature"),
        ("application/vnd.dev.sigstore.bundle", "a signature or attestation"),
        ("application/vnd.dsse.envelope", "an attestation"),
        ("application/spdx+json", "a software bill of materials"),
        ("text/spdx", "a software bill of materials"),
        ("application/vnd.cyclonedx", "a software bill of materials"),
        ("application/vnd.syft", "a software bill of materials"),
        ("application/sarif+json", "a scan report"),
        ("application/vnd.ms.bicep.", "a Bicep module"),
        ("application/vnd.cncf.flux.", "a Flux source"),
        ("application/vnd.cncf.openpolicyagent.", "a policy bundle"),
    ];

    private static string? KnownArtifact(string type) => Artifacts.FirstOrDefault(known => type.StartsWith(known.Type, StringComparison.OrdinalIgnoreCase)).Name;

    /// <summary>Why this manifest is no image, for a person; null where it is one.</summary>
    public static string? WhyNoImage(ImageManifest manifest)
    {
        var isAttestation = manifest.Annotations.ContainsKey("vnd.docker.reference.type")
            || manifest.Layers.Any(layer => layer.MediaType.StartsWith("application/vnd.in-toto", StringComparison.Ordinal));
        if (isAttestation)
        {
            return "This is a build attestation, not an image.";
        }

        var type = manifest.ArtifactType is { Length: > 0 } declared && !ImageConfigs.Contains(declared) ? declared
            : ImageConfigs.Contains(manifest.Config.MediaType) ? null : manifest.Config.MediaType;
        // Signatures carry an image's configuration; their layers tell what they are.
        var layer = manifest.Layers.Select(layer => KnownArtifact(layer.MediaType)).FirstOrDefault(known => known is not null);
        return ((type is null ? null : KnownArtifact(type)) ?? layer) is { } name ? $"This is {name}, not an image."
            : type is null ? null : $"This is an artifact of type {DisplayText.Sanitise(type, 200)}, not an image.";
    }

    /// <summary>Whether an index's entry may be an image.</summary>
    public static bool MayBeImage(Descriptor entry) =>
        entry.Platform is not { IsUnknown: true } && !entry.Annotations.ContainsKey("vnd.docker.reference.type") && string.IsNullOrEmpty(entry.ArtifactType);

    /// <summary>Why this layer is not pulled, for a person; null where it is.</summary>
    public static string? WhyNotPulled(Descriptor layer) =>
        layer.IsForeign && layer.Urls is not [_, ..] ? $"Layer {layer.Digest.Short} may not be distributed by this registry, and the image does not say where it lies."
        : layer.MediaType.EndsWith("+encrypted", StringComparison.Ordinal) ? $"Layer {layer.Digest.Short} is encrypted."
        : !layer.MediaType.Contains("tar", StringComparison.Ordinal) ? $"Layer {layer.Digest.Short} has media type {DisplayText.Sanitise(layer.MediaType, 200)}, which is no file system."
        : null;
}
