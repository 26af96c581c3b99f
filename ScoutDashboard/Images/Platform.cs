using System.Diagnostics.CodeAnalysis;

namespace ScoutDashboard.Images;

/// <summary>Operating system and architecture of an image (OCI image-spec, image-index.md), e.g. <c>linux/arm64/v8</c>.</summary>
public sealed record Platform(string Os, string Architecture, string? Variant = null, string? OsVersion = null)
{
    /// <summary>BuildKit's attestation manifests carry <c>unknown/unknown</c>: they are no image.</summary>
    public bool IsUnknown => Os is "unknown" or "" || Architecture is "unknown" or "";

    /// <summary>Reads <c>os/architecture[/variant]</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Platform? platform)
    {
        platform = text.ToLowerInvariant().Split('/') switch
        {
            [{ Length: > 0 } os, { Length: > 0 } architecture] => new Platform(os, architecture),
            [{ Length: > 0 } os, { Length: > 0 } architecture, { Length: > 0 } variant] => new Platform(os, architecture, variant),
            _ => null,
        };
        return platform is not null;
    }

    public override string ToString() => Variant is null or "" ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
