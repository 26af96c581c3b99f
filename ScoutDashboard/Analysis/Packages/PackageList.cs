using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Collects the packages of one file under a limit, and counts the entries that could not be read, so that neither is lost silently.</summary>
internal sealed class PackageList(string path)
{
    private const int MaxPackages = 200_000;
    private const int MaxTextLength = 512;
    private readonly List<FoundPackage> _packages = [];
    private readonly List<OwnedFiles> _owned = [];
    private int _unreadable;
    private bool _full;

    public void Add(FoundPackage package)
    {
        if (!IsToken(package.Name) || !IsToken(package.Version))
        {
            _unreadable++;
        }
        else if (_packages.Count == MaxPackages)
        {
            _full = true;
        }
        else
        {
            _packages.Add(package);
        }
    }

    public void AddUnreadable() => _unreadable++;

    /// <summary>Tells which files a package brought; nothing is told by null.</summary>
    public void AddOwned(OwnedFiles? owned)
    {
        if (owned is not null && _owned.Count < MaxPackages)
        {
            _owned.Add(owned);
        }
    }

    public FileScan ToScan()
    {
        List<ScanGap> gaps = [];
        if (_unreadable > 0)
        {
            gaps.Add(new ScanGap(ScanGapKind.Malformed, path, $"{_unreadable} entries of this file could not be read."));
        }

        if (_full)
        {
            gaps.Add(new ScanGap(ScanGapKind.Limit, path, $"Only the first {MaxPackages} packages of this file were read."));
        }

        return gaps.Count == 0 && _packages.Count == 0 ? FileScan.Empty
            : new FileScan(_packages, Gaps: gaps.Count > 0 ? gaps : null, Owns: _owned.Count > 0 ? _owned : null);
    }

    // Names and versions are single words everywhere; anything else would be somebody's idea of an attack.
    private static bool IsToken(string text) =>
        text.Length is > 0 and <= MaxTextLength && !text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character));
}
