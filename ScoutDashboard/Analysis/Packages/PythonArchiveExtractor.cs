using ScoutDashboard.Analysis.Packages.Zip;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Python distributions that lie packed in an image: zipped eggs, which Python imports as they are, and wheels (PyPA, "Binary distribution format").</summary>
internal sealed class PythonArchiveExtractor(FormatLimits limits) : IPackageExtractor
{
    private readonly PythonExtractor _metadata = new(limits);

    public string Id => "python-archive";
    public int Version => 1;
    public int MaxFileSize => limits.ArchiveBytes;

    public IReadOnlyList<string> Endings { get; } = [".whl", ".egg"];

    public bool Wants(ReadOnlySpan<char> path) =>
        path.EndsWith(".whl", StringComparison.OrdinalIgnoreCase) || (path.EndsWith(".egg", StringComparison.OrdinalIgnoreCase) && path.Length > 4 && path[^5] != '/');

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        // Other things are called ".egg" too.
        if (content.IndexOf("PK\x03\x04"u8) < 0)
        {
            return FileScan.Empty;
        }

        var zip = ZipReader.Open(content, new ZipBudget(limits));
        var packages = new List<FoundPackage>();
        foreach (var member in zip.Members.Where(member => IsMetadata(member.Name)))
        {
            var place = $"{path}!/{member.Name}";
            packages.AddRange(_metadata.Extract(place, zip.Read(member, _metadata.MaxFileSize)).Packages.Select(package => package with { Path = place }));
        }

        return packages.Count == 0 ? FileScan.Empty : new FileScan(packages);
    }

    // At the archive's root only: deeper ones are of what its author vendored, and have no name of their own there.
    private static bool IsMetadata(string name) => name == "EGG-INFO/PKG-INFO"
        || (name.EndsWith(".dist-info/METADATA", StringComparison.OrdinalIgnoreCase) && (name.Count(character => character == '/') == 1 || name.Contains("/_vendor/", StringComparison.Ordinal)));
}
