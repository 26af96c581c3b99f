using ScoutDashboard.Analysis.Sources;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Analysis;

/// <summary>Chooses the one image of an index that a person wants.</summary>
internal static class ManifestChoice
{
    private static readonly Platform Usual = new("linux", "amd64");

    /// <summary>With the index that it was found in, if any: the manifest itself, or the index' image of this platform; without one linux/amd64, or the only image that there is.</summary>
    public static async Task<(Manifest Image, Manifest? Index)> OfAsync(IImageSource source, Manifest manifest, Platform? platform, int maxDepth, CancellationToken cancellationToken)
    {
        Manifest? parent = null;
        for (var depth = 0; manifest.Content is ImageIndex index; depth++)
        {
            if (depth >= maxDepth)
            {
                throw new AnalysisException($"The index holds indexes within indexes beyond {maxDepth} levels.");
            }

            parent = manifest;
            manifest = await source.GetManifestAsync(Choose(index, platform).Digest, cancellationToken);
        }

        return (manifest, parent);
    }

    /// <summary>Whether an image of this platform is meant; a variant that isn't asked for may be any.</summary>
    public static bool IsSame(Platform wanted, Platform actual) =>
        wanted.Os.Equals(actual.Os, StringComparison.OrdinalIgnoreCase) && wanted.Architecture.Equals(actual.Architecture, StringComparison.OrdinalIgnoreCase)
        && (string.IsNullOrEmpty(wanted.Variant) || Variant(wanted) == Variant(actual));

    // Every arm64 is v8 unless it says more (containerd, platforms.Normalize).
    private static string? Variant(Platform platform) => platform.Architecture == "arm64" && platform.Variant is null or "" ? "v8" : platform.Variant;

    private static Descriptor Choose(ImageIndex index, Platform? platform)
    {
        var images = index.Manifests.Where(ManifestKinds.MayBeImage).ToList();
        var chosen = images.FirstOrDefault(entry => entry.Platform is { } actual && IsSame(platform ?? Usual, actual));
        // An entry without platform may be an index again, or an image whose configuration tells.
        chosen ??= images is [var only] && (platform is null || only.Platform is null) ? only : null;
        return chosen ?? throw new AnalysisException(images.Count == 0 ? "The index holds no image."
            : $"The index holds no image of {platform ?? Usual}, but of {string.Join(", ", images.Select(entry => entry.Platform?.ToString() ?? "unknown").Distinct().Take(20))}."
                + (platform is null ? " Choose one with --platform." : ""));
    }
}
