using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>Leaves out what a lock file names and the image has installed in the same version: it is told once, as installed.</summary>
internal sealed class DeclaredPackages
{
    private readonly HashSet<(string Type, string Name, string Version)> _installed;

    public DeclaredPackages(IEnumerable<FoundPackage> packages) => _installed = [.. packages.Where(package => package.ListedOnly is null).Select(KeyOf)];

    public bool IsRepeated(FoundPackage package) => package.ListedOnly == ListedOnly.Declared && _installed.Contains(KeyOf(package));

    // NuGet compares ids without regard to case.
    private static (string, string, string) KeyOf(FoundPackage package) =>
        (package.Type, package.Type == "nuget" ? package.Name.ToLowerInvariant() : package.Name, package.Version);
}
