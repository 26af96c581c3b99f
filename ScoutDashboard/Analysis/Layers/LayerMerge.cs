using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// Lays layers over each other (OCI image-spec, layer.md): whiteouts and opaque folders hide lower layers only, whatever their order; then
/// each entry replaces what is at its path, a folder only what is no folder. Pure; needs no blob.
/// </summary>
public sealed class LayerMerge
{
    private readonly LayerTree _tree;
    private readonly AnalysisLimits _limits;
    private readonly GapList _gaps;
    private readonly Dictionary<string, PlacedFile> _before = new(StringComparer.Ordinal);
    private readonly List<TreeNode> _fresh = [];
    private int _layer;
    private int _linked;

    private LayerMerge(AnalysisLimits limits)
    {
        _limits = limits;
        _gaps = new GapList(limits.Gaps);
        _tree = new LayerTree(limits) { Removed = Remember };
    }

    /// <param name="layers">Bottom to top; null is a layer that could not be read: the caller tells the gap.</param>
    /// <param name="limits">Bounds gaps, links, and packages that hard links repeat.</param>
    public static MergedInventory Merge(IReadOnlyList<LayerScan?> layers, AnalysisLimits limits)
    {
        var merge = new LayerMerge(limits);
        for (merge._layer = 0; merge._layer < layers.Count; merge._layer++)
        {
            if (layers[merge._layer] is { } scan)
            {
                merge.Hide(scan);
                merge.Apply(scan);
                merge.Attribute();
            }
        }

        return merge.Finish();
    }

    private void Hide(LayerScan scan)
    {
        var changes = new LayerChangeReader(scan.Changes.Span);
        while (changes.Next())
        {
            if (changes.Kind == ChangeKind.Whiteout)
            {
                _tree.Delete(changes.Path);
            }
            else if (changes.Kind == ChangeKind.Opaque)
            {
                _tree.DeleteChildren(changes.Path);
            }
        }
    }

    private void Apply(LayerScan scan)
    {
        foreach (var gap in scan.Gaps)
        {
            _gaps.Add(gap);
        }

        var changes = new LayerChangeReader(scan.Changes.Span);
        var taken = 0;
        while (changes.Next())
        {
            if (changes.Kind is ChangeKind.Whiteout or ChangeKind.Opaque)
            {
                continue;
            }

            IReadOnlyList<Detection> detections = changes.Detections == 0 ? [] : [.. scan.Detections.Skip(taken).Take(changes.Detections)];
            taken += changes.Detections;
            var scans = Scans(changes, detections);
            if (!_tree.TryClear(changes.Path, isFolder: changes.Kind == ChangeKind.Directory, out var place))
            {
                _gaps.Add(ScanGapKind.Limit, DisplayText.Sanitise(changes.Path.ToString(), 500), $"The path leads through symbolic links in a circle, through more than {_limits.SymlinkHops}, or too deep.");
            }
            else if (changes.Kind == ChangeKind.Symlink)
            {
                var node = place.Create();
                node.LinkTarget = changes.Target;
                node.WantedBy = [.. detections.Select(detection => detection.Extractor)];
            }
            else if (scans.Count > 0)
            {
                var node = place.Create();
                node.File = new PlacedFile(node.Path, _layer, scans);
                _fresh.Add(node);
            }
        }
    }

    private List<PlacedScan> Scans(LayerChangeReader change, IReadOnlyList<Detection> detections) => change.Kind switch
    {
        ChangeKind.File => [.. detections.Select(detection => new PlacedScan(detection.Extractor, detection.Scan ?? FileScan.Empty, detection.ByHead))],
        ChangeKind.HardLink => Linked(change, detections),
        _ => [],
    };

    // A hard link has what the extractors said about its target, as the target is at this point of the tar: those that its own name asks for,
    // and those that the first bytes asked for.
    private List<PlacedScan> Linked(LayerChangeReader link, IReadOnlyList<Detection> detections)
    {
        var target = _tree.Find(link.Target)?.File?.Scans ?? [];
        var scans = new List<PlacedScan>(detections.Count);
        foreach (var extractor in detections.Select(detection => detection.Extractor))
        {
            var found = target.FirstOrDefault(scan => scan.Extractor == extractor).Scan;
            scans.Add(new PlacedScan(extractor, found ?? Gap(link, ScanGapKind.Unsupported, "The file is a hard link to a file that was not read."), false));
        }

        scans.AddRange(target.Where(scan => scan.ByHead && !detections.Any(detection => detection.Extractor == scan.Extractor)));
        for (var at = 0; at < scans.Count; at++)
        {
            _linked += scans[at].Scan.Packages.Count;
            if (_linked > _limits.Components && scans[at].Scan.Packages.Count > 0)
            {
                scans[at] = scans[at] with { Scan = Gap(link, ScanGapKind.Limit, $"Hard links repeat more than {_limits.Components} packages.") };
            }
        }

        return scans;
    }

    private static FileScan Gap(LayerChangeReader at, ScanGapKind kind, string reason) =>
        new([], null, [new ScanGap(kind, DisplayText.Sanitise(at.Path.ToString(), 500), reason)]);

    private void Remember(PlacedFile file)
    {
        if (file.Layer < _layer)
        {
            _before.TryAdd(file.Path, file);
        }
    }

    private void Attribute()
    {
        foreach (var node in _fresh)
        {
            node.File?.Attribute(_before.GetValueOrDefault(node.File.Path));
        }

        _fresh.Clear();
        _before.Clear();
    }

    private MergedInventory Finish()
    {
        var nodes = _tree.Nodes().ToList();
        var distributions = new DatabaseRoots(_tree);
        var owners = new FileOwners();
        foreach (var file in nodes.Select(node => node.File).OfType<PlacedFile>())
        {
            foreach (var owned in file.Scans.Select(scan => scan.Scan.Owns).OfType<IReadOnlyList<OwnedFiles>>())
            {
                owners.Add(DatabaseRoots.RootOf(file.Path), owned);
            }
        }

        var files = new List<MergedFile>();
        foreach (var file in nodes.Select(node => node.File).OfType<PlacedFile>().OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            foreach (var (extractor, scan, _) in file.Scans)
            {
                foreach (var gap in scan.Gaps ?? [])
                {
                    _gaps.Add(gap with { Path = gap.Path.Length > 0 ? gap.Path : DisplayText.Sanitise(file.Path, 500) });
                }

                var distribution = distributions.Of(file.Path);
                // A database is no package's, and says so of itself.
                var owner = scan.Owns is null ? owners.Of(file.Path) : null;
                files.Add(new MergedFile(file.Path, extractor, distribution, [.. scan.Packages.Select(package => new MergedPackage(package, file.Since(extractor, package), file.Replaced(extractor, package)))], owner, scan.Host));
            }
        }

        foreach (var link in nodes.Where(node => node.WantedBy.Count > 0))
        {
            var target = _tree.Find(link.Path, followLast: true)?.File;
            if (!link.WantedBy.All(extractor => target?.Scans.Any(scan => scan.Extractor == extractor) == true))
            {
                _gaps.Add(ScanGapKind.Unsupported, DisplayText.Sanitise(link.Path, 500), "The file is a symbolic link to a file that was not read.");
            }
        }

        return new MergedInventory(files, distributions.Of(""), _gaps.ToList());
    }
}
