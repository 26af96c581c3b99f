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
        _tree = new LayerTree { Removed = Remember };
    }

    /// <param name="layers">Bottom to top; null is a layer that could not be read: the caller tells the gap.</param>
    /// <param name="limits">Bounds gaps, and packages that hard links repeat.</param>
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
            var scans = changes.Kind == ChangeKind.Symlink || detections.Count == 0 ? null : Resolve(detections, changes.Target, changes.Path);
            if (!_tree.TryClear(changes.Path, isFolder: changes.Kind == ChangeKind.Directory, out var place))
            {
                _gaps.Add(ScanGapKind.Malformed, DisplayText.Sanitise(changes.Path.ToString(), 500), "The path leads through symbolic links in a circle, or too deep.");
            }
            else if (changes.Kind == ChangeKind.Symlink)
            {
                var node = place.Create();
                node.LinkTarget = changes.Target;
                node.WantedBy = [.. detections.Select(detection => detection.Extractor)];
            }
            else if (scans is not null)
            {
                var node = place.Create();
                node.File = new PlacedFile(node.Path, _layer, scans);
                _fresh.Add(node);
            }
        }
    }

    // A hard link has what the extractors said about its target, as the target is at this point of the tar.
    private List<(string, FileScan)> Resolve(IReadOnlyList<Detection> detections, string target, ReadOnlySpan<char> path)
    {
        var scans = new List<(string, FileScan)>(detections.Count);
        foreach (var (extractor, read) in detections)
        {
            var scan = read ?? _tree.Find(target)?.File?.Scans.FirstOrDefault(other => other.Extractor == extractor).Scan;
            _linked += read is null ? scan?.Packages.Count ?? 0 : 0;
            if (scan is null || _linked > _limits.Components)
            {
                scan = new FileScan([], null, [new ScanGap(scan is null ? ScanGapKind.Unsupported : ScanGapKind.Limit, DisplayText.Sanitise(path.ToString(), 500),
                    scan is null ? "The file is a hard link to a file that was not read." : $"Hard links repeat more than {_limits.Components} packages.")]);
            }

            scans.Add((extractor, scan));
        }

        return scans;
    }

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
        var files = new List<MergedFile>();
        foreach (var file in nodes.Select(node => node.File).OfType<PlacedFile>().OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            foreach (var (extractor, scan) in file.Scans)
            {
                foreach (var gap in scan.Gaps ?? [])
                {
                    _gaps.Add(gap with { Path = gap.Path.Length > 0 ? gap.Path : DisplayText.Sanitise(file.Path, 500) });
                }

                var distribution = distributions.Of(file.Path);
                files.Add(new MergedFile(file.Path, extractor, distribution, [.. scan.Packages.Select(package => new MergedPackage(package, file.Since(extractor, package)))]));
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
