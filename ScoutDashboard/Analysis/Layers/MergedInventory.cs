using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>What an image holds after all its layers.</summary>
/// <param name="Files">Files that extractors read and that no higher layer hides, by path.</param>
/// <param name="Distribution">The image's own, from the os-release at its root.</param>
/// <param name="Gaps">What of the effective content was not read.</param>
public sealed record MergedInventory(IReadOnlyList<MergedFile> Files, Distribution? Distribution, IReadOnlyList<ScanGap> Gaps);

/// <param name="Path">Real path: links in its folders resolved.</param>
/// <param name="Extractor">Id of the extractor that read it.</param>
/// <param name="Distribution">The distribution of the file system root that the file belongs to (its own for a database under <c>opt/x/</c>).</param>
/// <param name="Packages">What it holds, with the layer of each.</param>
/// <param name="Owner">The package of that root's distribution that brought the file, by its name there.</param>
/// <param name="Host">What it tells .NET's host.</param>
public sealed record MergedFile(string Path, string Extractor, Distribution? Distribution, IReadOnlyList<MergedPackage> Packages, string? Owner = null, HostFacts? Host = null);

/// <param name="Layer">The lowest layer k such that the package is in this file in every layer from k to the top; 0 is the bottom.</param>
/// <param name="Replaced">What a package database held instead in the layer below, where it was another version of the same package.</param>
public readonly record struct MergedPackage(FoundPackage Package, int Layer, ReplacedVersion? Replaced = null);

/// <summary>A version that a higher layer's replaced.</summary>
/// <param name="Layer">The layer that it came with; 0 is the bottom.</param>
public sealed record ReplacedVersion(string Version, int Layer);
