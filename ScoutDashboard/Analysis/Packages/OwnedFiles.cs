namespace ScoutDashboard.Analysis.Packages;

/// <summary>Files that an operating system's package brought, by the hashes of their paths.</summary>
/// <param name="Package">Name of the package in its database.</param>
/// <param name="Paths">8 bytes little-endian for each path, see <see cref="OwnedPaths.HashOf"/>.</param>
public sealed record OwnedFiles(string Package, byte[] Paths);

/// <summary>Collects the paths of one package; only those where programs and libraries lie, which are few of them.</summary>
internal sealed class OwnedPaths(int limit)
{
    // Nothing that an extractor reads lies there.
    private static readonly string[] Dull = ["usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/zoneinfo/", "usr/share/i18n/", "usr/share/icons/", "usr/include/", "usr/share/licenses/"];
    private readonly List<byte> _hashes = [];

    /// <summary>Whether there were more than are kept.</summary>
    public bool IsCut { get; private set; }

    /// <param name="path">From the root, with or without a leading slash.</param>
    public void Add(ReadOnlySpan<char> path)
    {
        path = path.TrimStart('/');
        foreach (var folder in Dull)
        {
            if (path.StartsWith(folder, StringComparison.Ordinal))
            {
                return;
            }
        }

        if (path.Length > 0 && _hashes.Count == limit * (long)sizeof(ulong))
        {
            IsCut = true;
        }
        else if (path.Length > 0)
        {
            _hashes.AddRange(BitConverter.GetBytes(HashOf(path)));
        }
    }

    /// <summary>What was collected, which is forgotten here; null where there is nothing.</summary>
    public OwnedFiles? MoveTo(string package)
    {
        var owned = _hashes.Count == 0 ? null : new OwnedFiles(package, [.. _hashes]);
        _hashes.Clear();
        IsCut = false;
        return owned;
    }

    /// <summary>FNV-1a over the path's UTF-16 units. Two paths of one image share a hash with a chance of 1 in 10^8 even if it has 500,000.</summary>
    public static ulong HashOf(ReadOnlySpan<char> path)
    {
        var hash = 14695981039346656037;
        foreach (var unit in path)
        {
            hash = (hash ^ unit) * 1099511628211;
        }

        return hash;
    }
}
