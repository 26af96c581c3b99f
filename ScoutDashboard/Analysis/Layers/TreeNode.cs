namespace ScoutDashboard.Analysis.Layers;

/// <summary>A name in the merged file system: a symbolic link, a file that was read, or a folder.</summary>
internal sealed class TreeNode(string name, TreeNode? parent)
{
    public string Name { get; } = name;
    public TreeNode? Parent { get; } = parent;
    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;
    public int PathLength { get; } = parent is null ? 0 : parent.PathLength + name.Length + 1;
    public Dictionary<string, TreeNode>? Children { get; private set; }
    public string? LinkTarget { get; set; }

    /// <summary>For a link at a path that extractors want: their ids.</summary>
    public IReadOnlyList<string> WantedBy { get; set; } = [];
    public PlacedFile? File { get; set; }
    public bool IsFolder => LinkTarget is null && File is null;
    public string Path => Parent is null ? "" : Parent.Parent is null ? Name : $"{Parent.Path}/{Name}";

    public TreeNode? Child(ReadOnlySpan<char> name) =>
        Children is not null && Children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var child) ? child : null;

    public TreeNode Add(string name)
    {
        Children ??= new Dictionary<string, TreeNode>(StringComparer.Ordinal);
        return Children[name] = new TreeNode(name, this);
    }

    /// <summary>All nodes below, folders before their content; no recursion, for depth is the image's choice.</summary>
    public IEnumerable<TreeNode> Descendants()
    {
        var open = new Stack<TreeNode>([this]);
        while (open.TryPop(out var node))
        {
            foreach (var child in node.Children?.Values ?? Enumerable.Empty<TreeNode>())
            {
                yield return child;
                open.Push(child);
            }
        }
    }
}
