namespace ScoutDashboard.Images;

/// <summary>Operating system and architecture of an image (OCI image-spec, image-index.md), e.g. <c>linux/arm64/v8</c>.</summary>
public sealed record Platform(string Os, string Architecture, string? Variant = null, string? OsVersion = null)
{
    /// <summary>BuildKit's attestation manifests carry <c>unknown/unknown</c>: they are no image.</summary>
    public bool IsUnknown => Os is "unknown" or "" || Architecture is "unknown" or "";

    public override string ToString() => Variant is null or "" ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
