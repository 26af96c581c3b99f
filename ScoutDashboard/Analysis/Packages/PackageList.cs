using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Collects the packages of one file under a limit, and counts the entries that could not be read, so that neither is lost silently.</summary>
internal sealed class PackageList(string path, FormatLimits limits)
{
    private const int MaxTextLength = 512;
    private readonly List<FoundPackage> _packages = [];
    private readonly List<OwnedFiles> _owned = [];
    private int _unreadable;
    private int _cutOwners;
    private int _longLines;
    private bool _full;

    public void Add(FoundPackage package)
    {
        if (!IsToken(package.Name) || !IsToken(package.Version))
        {
            _unreadable++;
        }
        else if (_packages.Count == limits.Packages)
        {
            _full = true;
        }
        else
        {
            _packages.Add(package);
        }
    }

    public void AddUnreadable() => _unreadable++;

    public void AddLongLine() => _longLines++;

    /// <summary>Tells which files a package brought, and forgets them there.</summary>
    public void AddOwned(OwnedPaths paths, string package)
    {
        _cutOwners += paths.IsCut ? 1 : 0;
        if (paths.MoveTo(package) is { } owned)
        {
            _full |= _owned.Count == limits.Packages;
            if (!_full)
            {
                _owned.Add(owned);
            }
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
            gaps.Add(new ScanGap(ScanGapKind.Limit, path, $"Only the first {limits.Packages} packages of this file were read."));
        }

        if (_longLines > 0)
        {
            gaps.Add(new ScanGap(ScanGapKind.Limit, path, $"{_longLines} lines of this file are longer than {limits.LineBytes} bytes; they were not read."));
        }

        if (_cutOwners > 0)
        {
            gaps.Add(new ScanGap(ScanGapKind.Limit, path, $"{_cutOwners} packages of this file list more than {limits.OwnedPaths} files each; to which package the rest of these belong is not known."));
        }

        return gaps.Count == 0 && _packages.Count == 0 && _owned.Count == 0 ? FileScan.Empty
            : new FileScan(_packages, Gaps: gaps.Count > 0 ? gaps : null, Owns: _owned.Count > 0 ? _owned : null);
    }

    // Names and versions are single words everywhere; anything else would be somebody's idea of an attack.
    private static bool IsToken(string text) =>
        text.Length is > 0 and <= MaxTextLength && !text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character));
}
