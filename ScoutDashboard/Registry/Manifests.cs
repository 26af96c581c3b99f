using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>A descriptor (OCI image-spec, descriptor.md) whose digest and size were checked for form, not for truth.</summary>
/// <param name="Size">Bytes on the wire.</param>
/// <param name="Urls">Where else the bytes lie, as the manifest says.</param>
public sealed record Descriptor(string MediaType, Digest Digest, long Size, Platform? Platform, IReadOnlyDictionary<string, string> Annotations, string? ArtifactType = null,
    IReadOnlyList<Uri>? Urls = null)
{
    /// <summary>Whether it is a layer that its registry need not have: those of older Windows base images lie at Microsoft's.</summary>
    public bool IsForeign => MediaType.Contains("foreign", StringComparison.Ordinal) || MediaType.Contains("nondistributable", StringComparison.Ordinal);
}

/// <summary>A manifest as the registry served it, its digest recomputed from the raw bytes.</summary>
public sealed record Manifest(Digest Digest, string MediaType, ManifestContent Content);

/// <summary>What a manifest says.</summary>
public abstract record ManifestContent;

/// <summary>An image manifest: config and layers, lowest first.</summary>
/// <param name="Subject">The manifest that this one is about.</param>
public sealed record ImageManifest(
    Descriptor Config, IReadOnlyList<Descriptor> Layers, string? ArtifactType, IReadOnlyDictionary<string, string> Annotations, Digest? Subject = null) : ManifestContent;

/// <summary>An image index or manifest list.</summary>
public sealed record ImageIndex(IReadOnlyList<Descriptor> Manifests, IReadOnlyDictionary<string, string> Annotations) : ManifestContent;

/// <summary>A tag of a repository with the time when it last moved, where the registry tells.</summary>
public sealed record RegistryTag(string Name, Digest Digest, DateTime? UpdatedAt);
