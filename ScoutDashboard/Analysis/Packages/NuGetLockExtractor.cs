using System.Text.Json;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>What <c>packages.lock.json</c> names for all target frameworks; projects are not of a registry (NuGet/Home wiki, "Enable repeatable package restore").</summary>
internal sealed class NuGetLockExtractor(FormatLimits limits) : IPackageExtractor
{
    public string Id => "nuget-lock";
    public int Version => 1;
    public int MaxFileSize => limits.LockFileBytes;

    public IReadOnlyList<string> Endings { get; } = ["packages.lock.json"];

    public bool Wants(ReadOnlySpan<char> path)
    {
        _ = PathSuffix.Folder(path, out var name);
        return name.Equals("packages.lock.json", StringComparison.OrdinalIgnoreCase);
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => JsonDocuments.Read(content, limits, root => Read(path, root), JsonCommentHandling.Skip);

    private FileScan Read(string path, JsonElement root)
    {
        if (root.Member("dependencies") is not { } frameworks)
        {
            throw new InvalidDataException("The file lists no dependencies.");
        }

        var declared = new DeclaredList(path, "nuget", limits);
        foreach (var package in frameworks.EnumerateObject().Where(framework => framework.Value.ValueKind == JsonValueKind.Object).SelectMany(framework => framework.Value.EnumerateObject()))
        {
            if (!string.Equals(package.Value.Text("type"), "Project", StringComparison.OrdinalIgnoreCase))
            {
                declared.Add(package.Name, package.Value.Text("resolved"));
            }
        }

        return declared.ToScan();
    }
}
