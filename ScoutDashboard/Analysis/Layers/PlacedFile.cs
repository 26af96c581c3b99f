using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>A read file at its real path, with the layer that each package came with.</summary>
internal sealed class PlacedFile(string path, int layer, IReadOnlyList<PlacedScan> scans)
{
    private readonly Dictionary<(string Extractor, string Type, string Name, string Version, string? Architecture), int> _since = [];

    public string Path { get; } = path;

    /// <summary>The layer whose bytes these are.</summary>
    public int Layer { get; } = layer;
    public IReadOnlyList<PlacedScan> Scans { get; } = scans;

    public int Since(string extractor, FoundPackage package) => _since.GetValueOrDefault(Key(extractor, package), Layer);

    /// <summary>A package that the same path held at the end of the layer below stays that layer's, else it is new here.</summary>
    public void Attribute(PlacedFile? before)
    {
        foreach (var (extractor, scan, _) in Scans)
        {
            foreach (var package in scan.Packages)
            {
                var key = Key(extractor, package);
                _since[key] = before is not null && before._since.TryGetValue(key, out var since) ? since : Layer;
            }
        }
    }

    private static (string, string, string, string, string?) Key(string extractor, FoundPackage package) =>
        (extractor, package.Type, package.Name, package.Version, package.Architecture);
}

/// <summary>What one extractor said about a file.</summary>
/// <param name="ByHead">Whether it is so under every name of the file.</param>
internal readonly record struct PlacedScan(string Extractor, FileScan Scan, bool ByHead);
