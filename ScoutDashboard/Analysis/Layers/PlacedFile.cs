using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>A read file at its real path, with the layer that each package came with.</summary>
internal sealed class PlacedFile(string path, int layer, IReadOnlyList<PlacedScan> scans)
{
    private readonly Dictionary<PackageKey, int> _since = [];
    private readonly Dictionary<PackageKey, ReplacedVersion> _replaced = [];

    public string Path { get; } = path;

    /// <summary>The layer whose bytes these are.</summary>
    public int Layer { get; } = layer;
    public IReadOnlyList<PlacedScan> Scans { get; } = scans;

    public int Since(string extractor, FoundPackage package) => _since.GetValueOrDefault(Key(extractor, package), Layer);

    public ReplacedVersion? Replaced(string extractor, FoundPackage package) => _replaced.GetValueOrDefault(Key(extractor, package));

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

        if (before is not null)
        {
            AttributeUpgrades(before);
        }
    }

    // A database may hold versions side by side, as rpm does kernels. Only where one went and one came did the one replace the other.
    private void AttributeUpgrades(PlacedFile before)
    {
        foreach (var (key, replaced) in before._replaced.Where(old => _since.ContainsKey(old.Key)))
        {
            _replaced[key] = replaced;
        }

        var gone = before._since.Keys.Where(key => key.IsOfDatabase && !_since.ContainsKey(key)).ToLookup(key => key with { Version = "" });
        foreach (var came in _since.Keys.Where(key => key.IsOfDatabase && !before._since.ContainsKey(key)).GroupBy(key => key with { Version = "" }))
        {
            if (came.ToList() is [var now] && gone[came.Key].ToList() is [var old])
            {
                _replaced[now] = new ReplacedVersion(old.Version, before._since[old]);
            }
        }
    }

    private static PackageKey Key(string extractor, FoundPackage package) => new(extractor, package.Type, package.Name, package.Version, package.Architecture);

    private readonly record struct PackageKey(string Extractor, string Type, string Name, string Version, string? Architecture)
    {
        public bool IsOfDatabase => Type is "deb" or "apk" or "rpm";
    }
}

/// <summary>What one extractor said about a file.</summary>
/// <param name="ByHead">Whether it is so under every name of the file.</param>
internal readonly record struct PlacedScan(string Extractor, FileScan Scan, bool ByHead);
