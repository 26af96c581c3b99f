using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// What npm's lock files name (docs.npmjs.com, "package-lock.json"): versions 1, 2 and 3, <c>npm-shrinkwrap.json</c>, and the record that npm keeps of what it
/// installed, <c>node_modules/.package-lock.json</c>. The lock file that an installed package happens to carry locks nothing, and is not read.
/// </summary>
internal sealed class NpmLockExtractor(FormatLimits limits) : IPackageExtractor
{
    private const string Modules = "node_modules/";

    public string Id => "npm-lock";
    public int Version => 1;
    public int MaxFileSize => limits.LockFileBytes;

    public IReadOnlyList<string> Endings { get; } = ["package-lock.json", "npm-shrinkwrap.json"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        var folder = PathSuffix.Folder(path, out var name);
        return name is "package-lock.json" or "npm-shrinkwrap.json" ? !IsInstalled(path) : name is ".package-lock.json" && PathSuffix.Is(folder, "node_modules");
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => JsonDocuments.Read(content, limits, root => Read(path, root));

    /// <summary>Whether a file belongs to an installed package.</summary>
    public static bool IsInstalled(ReadOnlySpan<char> path) => path.StartsWith(Modules, StringComparison.Ordinal) || path.Contains($"/{Modules}", StringComparison.Ordinal);

    private FileScan Read(string path, JsonElement root)
    {
        var declared = new DeclaredList(path, "npm", limits);
        if (root.Member("packages") is { } packages)
        {
            ReadPlaces(declared, packages);
        }
        else if (root.Member("dependencies") is { } dependencies)
        {
            ReadTree(declared, dependencies);
        }
        else if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("lockfileVersion", out _))
        {
            throw new InvalidDataException("The file is no lock file of npm.");
        }

        return declared.ToScan();
    }

    // Versions 2 and 3: by the folder that each lies in. Other folders are the project's own.
    private static void ReadPlaces(DeclaredList declared, JsonElement packages)
    {
        foreach (var place in packages.EnumerateObject())
        {
            var at = place.Name.LastIndexOf(Modules, StringComparison.Ordinal);
            if (at >= 0 && !IsLink(place.Value))
            {
                declared.Add(place.Value.Text("name") ?? place.Name[(at + Modules.Length)..], place.Value.Text("version"));
            }
        }
    }

    // Version 1: as deep as packages lie in packages, which the depth of the document bounds.
    private static void ReadTree(DeclaredList declared, JsonElement dependencies)
    {
        foreach (var dependency in dependencies.EnumerateObject())
        {
            var (name, version) = (dependency.Name, dependency.Value.Text("version"));
            if (version is not null && version.StartsWith("npm:", StringComparison.Ordinal))
            {
                // An alias.
                _ = NpmName.TrySplit(version["npm:".Length..], out name, out version);
            }

            if (version is null || !version.StartsWith("file:", StringComparison.Ordinal))
            {
                declared.Add(name, version);
            }

            if (dependency.Value.Member("dependencies") is { } inner)
            {
                ReadTree(declared, inner);
            }
        }
    }

    private static bool IsLink(JsonElement place) => place.ValueKind == JsonValueKind.Object && place.TryGetProperty("link", out var link) && link.ValueKind == JsonValueKind.True;
}
