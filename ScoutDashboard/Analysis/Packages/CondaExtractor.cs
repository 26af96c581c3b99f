using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Packages of a conda environment: <c>conda-meta/name-version-build.json</c> (conda, "Package metadata"). No advisories name them; the Python ones among them have their own metadata too.</summary>
internal sealed class CondaExtractor(FormatLimits limits) : IPackageExtractor
{
    public string Id => "conda";
    public int Version => 1;
    public int MaxFileSize => limits.MetadataBytes;

    public IReadOnlyList<string> Endings { get; } = [".json"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        var folder = PathSuffix.Folder(path, out var name);
        return name.EndsWith(".json", StringComparison.Ordinal) && PathSuffix.Is(folder, "conda-meta");
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => JsonDocuments.Read(content, limits, root => Read(path, root));

    private FileScan Read(string path, JsonElement root)
    {
        if (root.Text("name") is not { } name || root.Text("version") is not { } version)
        {
            throw new InvalidDataException("The file tells no name or no version.");
        }

        var packages = new PackageList(path, limits);
        packages.Add(new FoundPackage("conda", name, version, root.Text("subdir"), License: root.Text("license")));
        return packages.ToScan();
    }
}
