using System.Text;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// Debian's package database: <c>lib/dpkg/status</c> below any root, and <c>status.d/*</c> of distroless images
/// (deb822(5); Debian Policy 5.6.1 for sources, 5.6.12 for versions).
/// </summary>
internal sealed class DpkgExtractor(FormatLimits limits) : IPackageExtractor
{
    public string Id => "dpkg";
    public int Version => 3;
    public int MaxFileSize => limits.DatabaseBytes;

    public bool Wants(ReadOnlySpan<char> path) =>
        PathSuffix.Is(path, "lib/dpkg/status")
        || (PathSuffix.Is(PathSuffix.Folder(path, out var name), "lib/dpkg/status.d") && !name.EndsWith(".md5sums", StringComparison.Ordinal));

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var packages = new PackageList(path, limits);
        var paragraph = new DpkgParagraph();
        var lines = new TextLines(content, limits.LineBytes);
        while (lines.MoveNext(packages))
        {
            if (lines.Current.TrimEnd(" \t"u8).IsEmpty)
            {
                paragraph.MoveTo(packages);
            }
            else if (lines.Current[0] is not ((byte)' ' or (byte)'\t'))
            {
                paragraph.Read(lines.Current);
            }
        }

        paragraph.MoveTo(packages);
        return packages.ToScan();
    }
}

/// <summary>The fields of one paragraph that matter; the first of two equal keys wins.</summary>
internal sealed class DpkgParagraph
{
    private static readonly string[] Keys = ["Package", "Version", "Status", "Architecture", "Source", "Port-Version", "Feature", "Abi", "Maintainer"];
    private readonly string?[] _values = new string?[Keys.Length];
    private bool _isMalformed;

    public void Read(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            _isMalformed = true;
            return;
        }

        for (var index = 0; index < Keys.Length; index++)
        {
            if (Ascii.EqualsIgnoreCase(line[..colon], Keys[index]))
            {
                _values[index] ??= Encoding.UTF8.GetString(line[(colon + 1)..]).Trim();
                return;
            }
        }
    }

    public void MoveTo(PackageList packages)
    {
        var isEmpty = !_isMalformed && Array.TrueForAll(_values, value => value is null);
        // vcpkg writes a file of the same name and form; these keys are its own.
        var isForeign = _values[5] is not null || _values[6] is not null || _values[7] is not null;
        if (!isEmpty && !isForeign && IsInstalled() is var installed and not false)
        {
            if (_isMalformed || installed is null || _values[0] is not { } name || _values[1] is not { } version)
            {
                packages.AddUnreadable();
            }
            else
            {
                var (source, sourceVersion) = Source();
                packages.Add(new FoundPackage("deb", name, version, _values[3], source == name ? null : source, sourceVersion == version ? null : sourceVersion, Vendor: _values[8]));
            }
        }

        Array.Clear(_values);
        _isMalformed = false;
    }

    // Three words: what is wanted, an error flag, and the state, which alone says what is there (dpkg(1), "Package states").
    // Distroless images write no status. Null: not readable.
    private bool? IsInstalled()
    {
        if (_values[2] is not { } status)
        {
            return true;
        }

        var words = status.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length != 3 ? null : words[2].ToLowerInvariant() switch
        {
            "installed" or "unpacked" or "half-configured" or "triggers-awaited" or "triggers-pending" => true,
            "not-installed" or "config-files" or "half-installed" => false,
            _ => null,
        };
    }

    // <c>Source: name</c> or <c>Source: name (version)</c>.
    private (string? Name, string? Version) Source()
    {
        if (_values[4] is not { Length: > 0 } text)
        {
            return (null, null);
        }

        var open = text.IndexOf('(');
        return open <= 0 ? (text, null) : (text[..open].Trim(), text[(open + 1)..].TrimEnd(')').Trim() is { Length: > 0 } version ? version : null);
    }
}
