using System.Buffers.Binary;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>Finds which package of a root's own database brought a file.</summary>
internal sealed class FileOwners
{
    private readonly Dictionary<string, Dictionary<ulong, string>> _roots = new(StringComparer.Ordinal);

    /// <param name="root">The database's root: "" or a folder that ends with a slash.</param>
    /// <param name="owned">What the database lists.</param>
    public void Add(string root, IEnumerable<OwnedFiles> owned)
    {
        if (!_roots.TryGetValue(root, out var paths))
        {
            _roots[root] = paths = [];
        }

        foreach (var files in owned)
        {
            for (var at = 0; at + sizeof(ulong) <= files.Paths.Length; at += sizeof(ulong))
            {
                paths.TryAdd(BinaryPrimitives.ReadUInt64LittleEndian(files.Paths.AsSpan(at)), files.Package);
            }
        }
    }

    /// <param name="path">The file's real path.</param>
    public string? Of(string path)
    {
        foreach (var (root, paths) in _roots)
        {
            if (path.StartsWith(root, StringComparison.Ordinal) && Find(paths, path.AsSpan(root.Length)) is { } owner)
            {
                return owner;
            }
        }

        return null;
    }

    // Where /lib is a link to /usr/lib, databases may still say /lib.
    private static string? Find(Dictionary<ulong, string> paths, ReadOnlySpan<char> path) =>
        paths.GetValueOrDefault(OwnedPaths.HashOf(path))
        ?? (path.StartsWith("usr/", StringComparison.Ordinal) ? paths.GetValueOrDefault(OwnedPaths.HashOf(path[4..])) : null);
}
