using System.Text;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Which files a Debian package brought: <c>lib/dpkg/info/*.list</c>, and <c>status.d/*.md5sums</c> of distroless images (dpkg(1), deb-md5sums(5)).</summary>
internal sealed class DpkgFilesExtractor(FormatLimits limits) : IPackageExtractor
{
    private const int ChecksumLength = 32;

    public string Id => "dpkg-files";
    public int Version => 2;
    public int MaxFileSize => limits.FileListBytes;

    public IReadOnlyList<string> Endings { get; } = [".list", ".md5sums"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        var folder = PathSuffix.Folder(path, out var name);
        return (name.EndsWith(".list", StringComparison.Ordinal) && PathSuffix.Is(folder, "lib/dpkg/info"))
            || (name.EndsWith(".md5sums", StringComparison.Ordinal) && PathSuffix.Is(folder, "lib/dpkg/status.d"));
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        _ = PathSuffix.Folder(path, out var file);
        var hasSums = file.EndsWith(".md5sums", StringComparison.Ordinal);
        // "libssl3:amd64.list"
        var name = file[..file.LastIndexOf('.')];
        name = name.IndexOf(':') is var colon and > 0 ? name[..colon] : name;
        var owned = new PackageList(path, limits);
        var paths = new OwnedPaths(limits.OwnedPaths);
        var lines = new TextLines(content, limits.LineBytes);
        while (lines.MoveNext(owned))
        {
            var line = !hasSums ? lines.Current : lines.Current.Length > ChecksumLength ? lines.Current[ChecksumLength..].TrimStart(" *"u8) : default;
            paths.Add(Encoding.UTF8.GetString(line));
        }

        owned.AddOwned(paths, name.ToString());
        return owned.ToScan();
    }
}
