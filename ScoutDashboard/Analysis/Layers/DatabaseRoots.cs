using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>Finds the distribution of a package database: of the file system root that it stands in, not of the image (<c>opt/x/var/lib/dpkg/status</c>).</summary>
internal sealed class DatabaseRoots(LayerTree tree)
{
    private static readonly string[] Databases = ["var/lib/dpkg/", "usr/lib/apk/", "lib/apk/", "var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/", "var/lib/rpmmanifest/", "var/lib/chisel/"];

    // os-release(5): /etc/os-release comes before /usr/lib/os-release. Older systems have only the others; Ubuntu's debian_version names Debian's release.
    private static readonly string[] ReleaseFiles =
        ["etc/os-release", "usr/lib/os-release", "etc/system-release-cpe", "etc/redhat-release", "etc/alpine-release", "etc/lsb-release", "etc/debian_version"];

    private readonly Dictionary<string, Distribution?> _known = new(StringComparer.Ordinal);

    public Distribution? Of(string path)
    {
        var root = RootOf(path);
        if (!_known.TryGetValue(root, out var distribution))
        {
            distribution = ReleaseFiles.Select(file => Read(root + file)).FirstOrDefault(found => found is not null);
            _known[root] = distribution;
        }

        return distribution;
    }

    private Distribution? Read(string path) =>
        tree.Find(path, followLast: true)?.File?.Scans.Select(scan => scan.Scan.Distribution).FirstOrDefault(distribution => distribution is not null);

    /// <summary>The root of a database's file: "" or a folder that ends with a slash; "" for a file of no database.</summary>
    public static string RootOf(string path)
    {
        foreach (var database in Databases)
        {
            var at = path.LastIndexOf(database, StringComparison.Ordinal);
            if (at == 0 || (at > 0 && path[at - 1] == '/'))
            {
                return path[..at];
            }
        }

        return "";
    }
}
