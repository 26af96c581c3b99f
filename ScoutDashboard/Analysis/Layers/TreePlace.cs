namespace ScoutDashboard.Analysis.Layers;

/// <summary>Where a path leads in a <see cref="LayerTree"/>.</summary>
/// <param name="deepest">The last existing node above the path's end.</param>
/// <param name="node">The node at the end, if there is one.</param>
/// <param name="path">The text that holds the names.</param>
/// <param name="missing">The names from there to the end.</param>
internal readonly ref struct TreePlace(TreeNode deepest, TreeNode? node, ReadOnlySpan<char> path, List<Range> missing)
{
    private readonly ReadOnlySpan<char> _path = path;

    public TreeNode Deepest { get; } = deepest;
    public TreeNode? Node { get; } = node;
    public List<Range> Missing { get; } = missing;

    /// <summary>Makes the node at the end, with the folders above it; what was there must be gone.</summary>
    public TreeNode Create()
    {
        var last = Deepest;
        foreach (var name in Missing)
        {
            last = last.Add(_path[name].ToString());
        }

        return last;
    }
}
