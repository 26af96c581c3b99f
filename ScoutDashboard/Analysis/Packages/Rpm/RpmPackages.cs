using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages.Rpm;

/// <summary>Collects the packages of one database from their headers, whatever the database's form.</summary>
internal sealed class RpmPackages(string path, FormatLimits limits)
{
    private int _tooLarge;
    private readonly PackageList _packages = new(path, limits);

    /// <summary>How many headers there were, keys and damaged ones included.</summary>
    public int Headers { get; private set; }

    /// <summary>Most bytes of a header.</summary>
    public int MaxHeader => limits.RpmHeaderBytes;

    public FileScan ToScan()
    {
        var scan = _packages.ToScan();
        return _tooLarge == 0 ? scan : scan with
        {
            Gaps = [.. scan.Gaps ?? [], new ScanGap(ScanGapKind.Limit, path, $"{_tooLarge} packages of this database have more than {limits.RpmHeaderBytes} bytes each; they were not read.")],
        };
    }

    /// <summary>Tells of a header that is longer than <see cref="MaxHeader"/>, without its bytes.</summary>
    public void AddTooLarge() => _tooLarge++;

    public void Add(ReadOnlySpan<byte> blob)
    {
        Headers++;
        if (blob.Length > MaxHeader)
        {
            AddTooLarge();
            return;
        }

        try
        {
            var header = new RpmHeader(blob);
            var owned = OwnedBy(header);
            Add(header.Text(RpmHeader.Name), header.Number(RpmHeader.Epoch), header.Text(RpmHeader.Version), header.Text(RpmHeader.Release),
                header.Text(RpmHeader.Architecture), header.Text(RpmHeader.SourceRpm), header.Text(RpmHeader.License), header.Text(RpmHeader.Vendor), header.Text(RpmHeader.ModularityLabel));
            _packages.AddOwned(owned, header.Text(RpmHeader.Name) ?? "");
        }
        catch (InvalidDataException)
        {
            _packages.AddUnreadable();
        }
    }

    public void Add(string? name, uint? epoch, string? version, string? release, string? architecture, string? sourceRpm, string? license, string? vendor, string? modularity = null)
    {
        if (name is null || version is null || release is null)
        {
            _packages.AddUnreadable();
        }
        else if (name != "gpg-pubkey")
        {
            var whole = Joined(epoch, version, release);
            var (source, sourceVersion, sourceRelease) = SourceOf(sourceRpm);
            // The source's own epoch is not recorded; it is the binary's in nearly every spec file.
            var sourceWhole = source is null ? null : Joined(epoch, sourceVersion, sourceRelease);
            _packages.Add(new FoundPackage("rpm", name, whole, architecture is "(none)" or "" ? null : architecture, source == name ? null : source, sourceWhole == whole ? null : sourceWhole,
                license is "(none)" or "" ? null : license, Vendor: vendor is "(none)" or "" ? null : vendor, Stream: StreamOf(modularity)));
        }
    }

    // name:stream:version:context, "nodejs:18:8060020220905122716:ad008a3a".
    private static string? StreamOf(string? label) => label?.Split(':') is [{ Length: > 0 } name, { Length: > 0 } stream, ..] ? $"{name}:{stream}" : null;

    // A file's path is the name of its folder, by index, and its own (rpm, docs/manual/tags.md).
    private OwnedPaths OwnedBy(RpmHeader header)
    {
        var folders = header.Texts(RpmHeader.FolderNames);
        var indexes = header.Numbers(RpmHeader.FolderIndexes);
        var paths = new OwnedPaths(limits.OwnedPaths);
        foreach (var (index, name) in header.Texts(RpmHeader.FileNames).Index())
        {
            if (index < indexes.Count && indexes[index] < folders.Count)
            {
                paths.Add(folders[(int)indexes[index]] + name);
            }
        }

        return paths;
    }

    private static string Joined(uint? epoch, string version, string release) => epoch is null ? $"{version}-{release}" : $"{epoch}:{version}-{release}";

    // <c>glibc-2.34-60.el9.src.rpm</c>; "(none)" for a package built without a source package.
    private static (string? Name, string Version, string Release) SourceOf(string? file)
    {
        var text = file.AsSpan();
        text = text.EndsWith(".rpm", StringComparison.Ordinal) ? text[..^4] : default;
        text = text.EndsWith(".src", StringComparison.Ordinal) ? text[..^4] : text.EndsWith(".nosrc", StringComparison.Ordinal) ? text[..^6] : default;
        var release = text.LastIndexOf('-');
        var version = release > 0 ? text[..release].LastIndexOf('-') : -1;
        return version > 0 ? (text[..version].ToString(), text[(version + 1)..release].ToString(), text[(release + 1)..].ToString()) : default;
    }
}
