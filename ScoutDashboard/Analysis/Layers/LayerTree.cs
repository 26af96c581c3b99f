namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// The file system that layers make, as far as it matters: files that extractors read, symbolic links, and the folders above them.
/// Links in the middle of a path are followed as the state then is, the last name never is (as containerd applies layers).
/// </summary>
internal sealed class LayerTree(AnalysisLimits limits)
{
    // Links can lead deeper than any path of the tar.
    private const int Deeper = 4;
    private readonly long _maxDepth = (long)Deeper * limits.PathDepth;
    private readonly long _maxPath = (long)Deeper * limits.PathBytes;
    private readonly TreeNode _root = new("", null);
    private readonly List<Range> _missing = [];

    /// <summary>Told of each read file that leaves the tree.</summary>
    public required Action<PlacedFile> Removed { get; init; }

    /// <summary>The node at this path, its last name followed too if asked; null where there is none or links loop.</summary>
    public TreeNode? Find(string path, bool followLast = false)
    {
        var found = TryLocate(path, out var place) ? place.Node : null;
        for (var hops = 0; followLast && found?.LinkTarget is { } target; hops++)
        {
            var from = target.StartsWith('/') ? _root : found.Parent!;
            found = hops < limits.SymlinkHops && TryLocate(target, out place, from) ? place.Node : null;
        }

        return found;
    }

    /// <summary>Removes what is at this path with all beneath it.</summary>
    public void Delete(ReadOnlySpan<char> path)
    {
        if (TryLocate(path, out var place) && place.Node is { } node)
        {
            Remove(node);
        }
    }

    public void DeleteChildren(ReadOnlySpan<char> folder)
    {
        // The folder is not the last name here, so that it is followed where it is a link.
        var node = folder.IsEmpty ? _root : TryLocate($"{folder}/.wh..wh..opq", out var place) && place.Missing.Count == 1 ? place.Deepest : null;
        foreach (var child in node?.Children?.Values.ToList() ?? [])
        {
            Remove(child);
        }
    }

    /// <summary>Makes room for a new entry at this path; false where links loop or lead too deep.</summary>
    /// <param name="path">The entry's path.</param>
    /// <param name="isFolder">A folder leaves a folder as it is; everything else replaces it.</param>
    /// <param name="place">Where the path leads; valid until the tree is asked again.</param>
    public bool TryClear(ReadOnlySpan<char> path, bool isFolder, out TreePlace place)
    {
        if (!TryLocate(path, out place))
        {
            return false;
        }

        if (place.Node is { } node && !(isFolder && node.IsFolder))
        {
            Remove(node);
        }
        else if (place.Deepest.File is not null)
        {
            // A path beneath a file makes that file a folder.
            Drop(place.Deepest);
        }

        return true;
    }

    public IEnumerable<TreeNode> Nodes() => _root.Descendants();

    private void Remove(TreeNode node)
    {
        foreach (var inner in node.Descendants().Prepend(node).Where(inner => inner.File is not null).ToList())
        {
            Drop(inner);
        }

        node.Parent!.Children!.Remove(node.Name);
    }

    private void Drop(TreeNode node)
    {
        var file = node.File!;
        node.File = null;
        Removed(file);
    }

    // Name by name, as path_resolution(7) has it; `..` goes up from where a link led, and stays at the image's root.
    private bool TryLocate(ReadOnlySpan<char> path, out TreePlace place, TreeNode? from = null)
    {
        var node = from ?? _root;
        var (start, hops) = (0, 0);
        _missing.Clear();
        while (true)
        {
            var slash = path[start..].IndexOf('/');
            var end = slash < 0 ? path.Length : start + slash;
            var name = path[start..end];
            var isLast = slash < 0;
            var child = name is "" or "." or ".." || _missing.Count > 0 ? null : node.Child(name);
            if (!isLast && child?.LinkTarget is { } target)
            {
                node = target.StartsWith('/') ? _root : node;
                path = $"{target}/{path[(end + 1)..]}";
                start = 0;
                if (++hops > limits.SymlinkHops || path.Length > _maxPath)
                {
                    place = default;
                    return false;
                }

                continue;
            }

            if (name is ".." && _missing.Count > 0)
            {
                _missing.RemoveAt(_missing.Count - 1);
            }
            else if (name is "..")
            {
                node = node.Parent ?? _root;
            }
            else if (isLast && child is not null)
            {
                _missing.Add(start..end);
                place = new TreePlace(node, child, path, _missing);
                return true;
            }
            else if (child is not null)
            {
                node = child;
            }
            else if (name is not ("" or "."))
            {
                _missing.Add(start..end);
            }

            if (isLast)
            {
                place = new TreePlace(node, null, path, _missing);
                return node.Depth + _missing.Count <= _maxDepth && node.PathLength + path.Length <= _maxPath;
            }

            start = end + 1;
        }
    }
}
