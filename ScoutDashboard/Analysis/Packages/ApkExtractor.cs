using System.Text;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>Alpine's package database, <c>lib/apk/db/installed</c> below any root, <c>usr/lib/…</c> included (apk-tools, "installed database").</summary>
internal sealed class ApkExtractor(FormatLimits limits) : IPackageExtractor
{
    public string Id => "apk";
    public int Version => 3;
    public int MaxFileSize => limits.DatabaseBytes;

    public IReadOnlyList<string> Endings { get; } = ["lib/apk/db/installed"];

    public bool Wants(ReadOnlySpan<char> path) => PathSuffix.Is(path, "lib/apk/db/installed");

    public FileScan Extract(string path, ReadOnlySpan<byte> content)
    {
        var packages = new PackageList(path, limits);
        var paragraph = new ApkParagraph(limits);
        var lines = new TextLines(content, limits.LineBytes);
        while (lines.MoveNext(packages))
        {
            if (lines.Current.IsEmpty)
            {
                paragraph.MoveTo(packages);
            }
            else
            {
                paragraph.Read(lines.Current);
            }
        }

        paragraph.MoveTo(packages);
        return packages.ToScan();
    }
}

/// <summary>The fields of one package; they come in any order.</summary>
internal sealed class ApkParagraph(FormatLimits limits)
{
    private string? _name;
    private string? _version;
    private string? _architecture;
    private string? _origin;
    private string? _license;
    private readonly OwnedPaths _files = new(limits.OwnedPaths);
    private string _folder = "";
    private bool _isEmpty = true;
    private bool _isMalformed;

    public void Read(ReadOnlySpan<byte> line)
    {
        _isEmpty = false;
        if (line is not [_, (byte)':', ..])
        {
            _isMalformed = true;
            return;
        }

        var value = line[2..];
        switch (line[0])
        {
            case (byte)'P': _name = Encoding.UTF8.GetString(value); break;
            case (byte)'V': _version = Encoding.UTF8.GetString(value); break;
            case (byte)'A': _architecture = Encoding.UTF8.GetString(value); break;
            case (byte)'o': _origin = Encoding.UTF8.GetString(value); break;
            case (byte)'L': _license = Encoding.UTF8.GetString(value); break;
            case (byte)'F': _folder = Encoding.UTF8.GetString(value); break;
            case (byte)'R': _files.Add($"{_folder}/{Encoding.UTF8.GetString(value)}"); break;
        }
    }

    public void MoveTo(PackageList packages)
    {
        if (!_isEmpty && !IsVirtual)
        {
            if (_isMalformed || _name is null || _version is null)
            {
                packages.AddUnreadable();
            }
            else
            {
                packages.AddOwned(_files, _name);
                packages.Add(new FoundPackage("apk", _name, _version, _architecture, _origin is "" || _origin == _name ? null : _origin, License: _license is "" ? null : _license));
            }
        }

        _ = _files.MoveTo("");
        _name = _version = _architecture = _origin = _license = null;
        _folder = "";
        (_isEmpty, _isMalformed) = (true, false);
    }

    // "apk add --virtual" makes a package of no files, versioned by the clock: yyyyMMdd.HHmmss.
    private bool IsVirtual => _name is ['.', ..]
        || (_version is { Length: 15 } version && version[8] == '.' && version.Count(char.IsAsciiDigit) == 14);
}
