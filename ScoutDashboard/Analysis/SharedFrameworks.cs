using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>
/// Tells for which packages of a .NET app the host loads a shared framework's assemblies: of each assembly the higher version, of equal ones the framework's
/// (dotnet/runtime, docs/design/features/host-probing.md, framework-version-resolution.md). Where it can't be told which framework an app gets, or how the
/// versions compare, the package counts as loaded.
/// </summary>
internal sealed class SharedFrameworks
{
    private const string DepsSuffix = ".deps.json";
    private readonly ILookup<string, Installed> _installed;
    private readonly Dictionary<string, IReadOnlyList<FrameworkReference>> _wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ILookup<string, HostAssembly>> _assemblies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<Installed>> _chosen = new(StringComparer.Ordinal);

    public SharedFrameworks(IReadOnlyList<MergedFile> files)
    {
        var installed = new List<Installed>();
        foreach (var file in files.Where(file => file.Host is not null))
        {
            if (file.Host!.Frameworks.Count > 0)
            {
                _wanted[file.Path[..^DotNetConfigExtractor.Suffix.Length]] = file.Host.Frameworks;
            }
            else
            {
                _assemblies[file.Path] = file.Host.Assemblies.ToLookup(assembly => assembly.Package, StringComparer.OrdinalIgnoreCase);
                installed.AddRange(Installed.Of(file) is { } framework ? [framework] : []);
            }
        }

        _installed = installed.ToLookup(framework => framework.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The framework that has each assembly of the package in a version as high or higher; null where there is none.</summary>
    public FrameworkStandIn? InPlaceOf(MergedFile file, FoundPackage package)
    {
        if (package.Type != "nuget" || _assemblies.GetValueOrDefault(file.Path)?[$"{package.Name}/{package.Version}"].ToList() is not { Count: > 0 } own)
        {
            return null;
        }

        if (!_chosen.TryGetValue(file.Path, out var frameworks))
        {
            _chosen[file.Path] = frameworks = file.Path.EndsWith(DepsSuffix, StringComparison.OrdinalIgnoreCase) ? Choose(file.Path[..^DepsSuffix.Length]) : [];
        }

        return frameworks.Select(framework => framework.InPlaceOf(own)).FirstOrDefault(standIn => standIn is not null);
    }

    // What an app asks for, and what that asks for in turn.
    private IReadOnlyList<Installed> Choose(string program)
    {
        var chosen = new Dictionary<string, Installed>(StringComparer.OrdinalIgnoreCase);
        var asked = new Queue<FrameworkReference>(_wanted.GetValueOrDefault(program) ?? []);
        while (asked.TryDequeue(out var wanted))
        {
            if (!Version.TryParse(wanted.Version, out var lowest) || (chosen.GetValueOrDefault(wanted.Name) ?? Choose(wanted, lowest)) is not { } framework || framework.Version < lowest)
            {
                return [];
            }

            if (chosen.TryAdd(wanted.Name, framework))
            {
                foreach (var further in _wanted.GetValueOrDefault(framework.Program) ?? [])
                {
                    asked.Enqueue(further);
                }
            }
        }

        return [.. chosen.Values];
    }

    // One folder of frameworks: with several, it depends on which dotnet starts the app.
    private Installed? Choose(FrameworkReference wanted, Version lowest)
    {
        var all = _installed[wanted.Name].ToList();
        var able = all.FindAll(framework => framework.Version >= lowest).OrderBy(framework => framework.Version).ToList();
        var line = wanted.RollForward?.ToUpperInvariant() switch
        {
            "DISABLE" => able.FindAll(framework => framework.Version == lowest),
            "LATESTPATCH" => able.FindAll(framework => framework.Line == LineOf(lowest)),
            null or "MINOR" => able.FindAll(framework => framework.Version.Major == lowest.Major && framework.Line == able[0].Line),
            "LATESTMINOR" => able.FindAll(framework => framework.Version.Major == lowest.Major),
            "MAJOR" => able.FindAll(framework => framework.Line == able[0].Line),
            "LATESTMAJOR" => able,
            _ => [],
        };
        return line.Count > 0 && all.TrueForAll(framework => framework.Root == all[0].Root) ? line[^1] : null;
    }

    private static (int Major, int Minor) LineOf(Version version) => (version.Major, version.Minor);

    /// <summary>A shared framework of the image: <c>{Root}shared/{Name}/{Version}/{Name}.deps.json</c>.</summary>
    private sealed record Installed(string Root, string Name, Version Version, string Program, ILookup<string, HostAssembly> Assemblies)
    {
        public (int Major, int Minor) Line => LineOf(Version);

        // A pre-release is chosen by other rules, and only where it is asked for.
        public static Installed? Of(MergedFile file) =>
            file.Path.Split('/') is [.. var root, "shared", var name, var folder, var last] && last.Equals(name + DepsSuffix, StringComparison.OrdinalIgnoreCase)
            && Version.TryParse(folder, out var version) && version.Build is >= 0 and <= FrameworkStandIn.MaxPatch
                ? new Installed(string.Join('/', root), name, version, file.Path[..^DepsSuffix.Length], file.Host!.Assemblies.ToLookup(assembly => assembly.Name, StringComparer.OrdinalIgnoreCase)) : null;

        public FrameworkStandIn? InPlaceOf(List<HostAssembly> package)
        {
            var lowest = new List<Version>();
            foreach (var assembly in package)
            {
                if (Assemblies[assembly.Name].FirstOrDefault() is not { } ours || Parse(assembly) is not { } theirs || Parse(ours) is not { } own || own.CompareTo(theirs) < 0)
                {
                    return null;
                }

                lowest.Add(own.File);
            }

            return new FrameworkStandIn(Name, Version, lowest.Min()!);
        }

        private static (Version Assembly, Version File)? Parse(HostAssembly assembly) =>
            Version.TryParse(assembly.AssemblyVersion, out var version) && Version.TryParse(assembly.FileVersion, out var file) ? (version, file) : null;
    }
}
