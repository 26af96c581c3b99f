using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Collects the packages that a lock file names, each once.</summary>
internal sealed class DeclaredList(string path, string type, FormatLimits limits)
{
    private readonly PackageList _packages = new(path, limits);
    private readonly HashSet<(string Name, string Version)> _known = [];

    /// <param name="name">Null, as an invalid name, for an entry that can't be read.</param>
    /// <param name="version">What was chosen; null for an entry that can't be read.</param>
    public void Add(string? name, string? version)
    {
        if (name is null || version is null || (type == "npm" && !NpmName.IsValid(name)))
        {
            _packages.AddUnreadable();
        }
        else if (_known.Add((name, version)))
        {
            _packages.Add(new FoundPackage(type, name, version, ListedOnly: ListedOnly.Declared));
        }
    }

    public FileScan ToScan() => _packages.ToScan();
}
