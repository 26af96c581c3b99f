using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>
/// What an image, or what was attested of it, says of its base, which nobody checked (OCI image-spec, annotations.md: <c>org.opencontainers.image.base.name</c> and <c>.digest</c>).
/// Name is <c>host/repository:tag</c> as written, Digest a manifest digest; one of them may be null.
/// </summary>
/// <param name="By">Where it says so.</param>
/// <param name="ImageId">The image of the organization that is meant, where it is one.</param>
public sealed record DeclaredBase(string? Name, string? Digest, DeclaredBy By, long? ImageId = null)
{
    private const string NameKey = "org.opencontainers.image.base.name";
    private const string DigestKey = "org.opencontainers.image.base.digest";

    /// <summary>What the annotations say, else what the labels say; null where neither says anything.</summary>
    internal static DeclaredBase? Of(ImageSettings? settings) => Read(settings?.Annotations, DeclaredBy.Annotation) ?? Read(settings?.Labels, DeclaredBy.Label);

    /// <summary>What build provenance says; null where there is none that tells.</summary>
    internal static DeclaredBase? Of(ImageAttestations? attestations) =>
        attestations?.BaseName is { } name ? new DeclaredBase(DisplayText.Sanitise(name, 300), attestations.BaseDigest, DeclaredBy.Provenance) : null;

    /// <summary>Whether the base has the same label: then the image only inherited it, and it tells of the base's own base.</summary>
    internal bool IsInheritedFrom(ImageSettings? baseSettings) => By == DeclaredBy.Label && Read(baseSettings?.Labels, DeclaredBy.Label) is { } other && (other.Name, other.Digest) == (Name, Digest);

    /// <summary>Name as host, repository and tag; null where it has no host or is nothing of the kind. The tag is null where a digest stands instead.</summary>
    internal (string Host, string Repository, string? Tag)? Place()
    {
        if (Name is null)
        {
            return null;
        }

        var path = Name.Split('@')[0];
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var colon = path.LastIndexOf(':');
        if (slash <= 0 || !path[..slash].AsSpan().ContainsAny('.', ':'))
        {
            return null;
        }

        return colon > slash ? (path[..slash].ToLowerInvariant(), path[(slash + 1)..colon], path[(colon + 1)..])
            : (path[..slash].ToLowerInvariant(), path[(slash + 1)..], Name.Contains('@', StringComparison.Ordinal) ? null : "latest");
    }

    private static DeclaredBase? Read(IReadOnlyDictionary<string, string>? texts, DeclaredBy by)
    {
        var name = texts?.GetValueOrDefault(NameKey)?.Trim();
        var digest = Images.Digest.TryParse(texts?.GetValueOrDefault(DigestKey)?.Trim(), out var parsed) ? parsed.Value : null;
        return string.IsNullOrEmpty(name) && digest is null ? null : new DeclaredBase(string.IsNullOrEmpty(name) ? null : DisplayText.Sanitise(name, 300), digest, by);
    }
}

/// <summary>Where a base is declared: an annotation of the manifest, a label of the configuration, or build provenance whose signature nobody verified.</summary>
public enum DeclaredBy { Annotation, Label, Provenance }
