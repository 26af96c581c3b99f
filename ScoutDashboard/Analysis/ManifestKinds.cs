using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>Tells images from what else lies in registries (OCI image-spec, manifest.md, "Guidelines for Artifact Usage"; BuildKit attestation storage).</summary>
internal static class ManifestKinds
{
    private static readonly string[] ImageConfigs =
        ["application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json"];

    /// <summary>Why this manifest is no image, for a person; null where it is one.</summary>
    public static string? WhyNoImage(ImageManifest manifest)
    {
        var isAttestation = manifest.Annotations.ContainsKey("vnd.docker.reference.type")
            || manifest.Layers.Any(layer => layer.MediaType.StartsWith("application/vnd.in-toto", StringComparison.Ordinal));
        if (isAttestation)
        {
            return "This is a build attestation, not an image.";
        }

        if (manifest.ArtifactType is { Length: > 0 } type && !ImageConfigs.Contains(type))
        {
            return $"This is an artifact of type {DisplayText.Sanitise(type, 200)}, not an image.";
        }

        return ImageConfigs.Contains(manifest.Config.MediaType) ? null
            : $"This is an artifact with configuration {DisplayText.Sanitise(manifest.Config.MediaType, 200)}, not an image.";
    }

    /// <summary>Whether an index's entry may be an image.</summary>
    public static bool MayBeImage(Descriptor entry) =>
        entry.Platform is not { IsUnknown: true } && !entry.Annotations.ContainsKey("vnd.docker.reference.type") && string.IsNullOrEmpty(entry.ArtifactType);

    /// <summary>Why this layer is not pulled, for a person; null where it is.</summary>
    public static string? WhyNotPulled(Descriptor layer) =>
        layer.MediaType.Contains("foreign", StringComparison.Ordinal) || layer.MediaType.Contains("nondistributable", StringComparison.Ordinal)
            ? $"Layer {layer.Digest.Short} may not be distributed by this registry (a Windows base layer, for instance)."
        : layer.MediaType.EndsWith("+encrypted", StringComparison.Ordinal) ? $"Layer {layer.Digest.Short} is encrypted."
        : !layer.MediaType.Contains("tar", StringComparison.Ordinal) ? $"Layer {layer.Digest.Short} has media type {DisplayText.Sanitise(layer.MediaType, 200)}, which is no file system."
        : null;
}
