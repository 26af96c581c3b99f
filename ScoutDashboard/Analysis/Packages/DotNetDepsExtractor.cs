using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>NuGet packages of a published .NET app or shared framework, and the app itself: <c>*.deps.json</c> (dotnet/sdk, "runtime-configuration-file").</summary>
internal sealed class DotNetDepsExtractor(FormatLimits limits) : IPackageExtractor
{
    private const string RuntimePackPrefix = "runtimepack.";
    private static readonly string[] Assets = ["runtime", "runtimeTargets", "native", "resources"];
    private static readonly string[] CodeAssets = ["runtime", "runtimeTargets", "native"];

    public string Id => "dotnet-deps";
    public int Version => 3;
    public int MaxFileSize => limits.DepsJsonBytes;

    public IReadOnlyList<string> Endings { get; } = [".deps.json"];

    public bool Wants(ReadOnlySpan<char> path) => path.EndsWith(".deps.json", StringComparison.OrdinalIgnoreCase);

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => JsonDocuments.Read(content, limits, root => Read(path, root), JsonCommentHandling.Skip);

    private FileScan Read(string path, JsonElement root)
    {
        var packages = new PackageList(path, limits);
        if (root.Member("libraries") is not { } libraries)
        {
            throw new InvalidDataException("The file lists no libraries.");
        }

        var target = Target(root);
        // The program itself is the project that no other needs; the others are its parts.
        var needed = Needed(target);
        // A merger packs the assemblies of others into one, so that their own assets are gone.
        var isMerged = target is not null && libraries.EnumerateObject().Any(library => IsMerger(library.Name));
        foreach (var library in libraries.EnumerateObject())
        {
            var type = library.Value.Text("type");
            if (type is "package" or "runtimepack" && (target is null || isMerged || IsShipped(target.Value, library.Name)))
            {
                Add(packages, type, library.Name);
            }
            else if (type == "project" && !needed.Contains(library.Name))
            {
                Add(packages, type, library.Name);
            }
        }

        return target is null || isMerged ? packages.ToScan() : packages.ToScan() with { Host = new HostFacts([.. Assemblies(target.Value)], []) };
    }

    // All code that packages bring, native too: what has no versions can't be compared.
    private static IEnumerable<HostAssembly> Assemblies(JsonElement target) =>
        from library in target.EnumerateObject()
        from kind in CodeAssets
        from asset in library.Value.Member(kind)?.EnumerateObject() ?? Enumerable.Empty<JsonProperty>()
        where !asset.Name.EndsWith("_._", StringComparison.Ordinal)
        select new HostAssembly(library.Name, asset.Name[(asset.Name.LastIndexOf('/') + 1)..], asset.Value.Text("assemblyVersion") ?? "", asset.Value.Text("fileVersion") ?? "");

    private static void Add(PackageList packages, string type, string key)
    {
        var slash = key.IndexOf('/');
        if (slash <= 0)
        {
            packages.AddUnreadable();
            return;
        }

        var name = key[..slash];
        name = type == "runtimepack" && name.StartsWith(RuntimePackPrefix, StringComparison.OrdinalIgnoreCase) ? name[RuntimePackPrefix.Length..] : name;
        packages.Add(type == "project" ? new FoundPackage("application", name, key[(slash + 1)..], ListedOnly: ListedOnly.Application) : new FoundPackage("nuget", name, key[(slash + 1)..]));
    }

    // Keys of all that a library of the target depends on.
    private static HashSet<string> Needed(JsonElement? target) =>
        target is not { } libraries ? [] : libraries.EnumerateObject().Select(library => library.Value.Member("dependencies")).OfType<JsonElement>()
            .SelectMany(dependencies => dependencies.EnumerateObject()).Where(dependency => dependency.Value.ValueKind == JsonValueKind.String)
            .Select(dependency => $"{dependency.Name}/{dependency.Value.GetString()}").ToHashSet(StringComparer.OrdinalIgnoreCase);

    // The target that the host would use; null where it isn't there, then every library counts.
    private static JsonElement? Target(JsonElement root)
    {
        if (!root.TryGetProperty("runtimeTarget", out var runtimeTarget))
        {
            return null;
        }

        var name = runtimeTarget.ValueKind == JsonValueKind.String ? runtimeTarget.GetString() : runtimeTarget.Text("name");
        return name is not null && root.Member("targets") is { } targets ? targets.Member(name) : null;
    }

    // Without assets a package was only compiled against; "_._" stands for "nothing for this framework".
    private static bool IsShipped(JsonElement target, string key) =>
        target.Member(key) is { } entry
        && Assets.Any(kind => entry.Member(kind) is { } assets && assets.EnumerateObject().Any(asset => !asset.Name.EndsWith("_._", StringComparison.Ordinal)));

    private static bool IsMerger(string key) =>
        key.StartsWith("ILRepack", StringComparison.OrdinalIgnoreCase) || key.StartsWith("ILMerge", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("Costura.Fody/", StringComparison.OrdinalIgnoreCase);
}
