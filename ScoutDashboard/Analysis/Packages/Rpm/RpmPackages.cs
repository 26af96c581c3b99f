namespace ScoutDashboard.Analysis.Packages.Rpm;

/// <summary>Collects the packages of one database from their headers, whatever the database's form.</summary>
internal sealed class RpmPackages(string path)
{
    private readonly PackageList _packages = new(path);

    /// <summary>How many headers there were, keys and damaged ones included.</summary>
    public int Headers { get; private set; }

    public FileScan ToScan() => _packages.ToScan();

    public void Add(ReadOnlySpan<byte> blob)
    {
        Headers++;
        try
        {
            var header = new RpmHeader(blob);
            var owned = OwnedBy(header);
            Add(header.Text(RpmHeader.Name), header.Number(RpmHeader.Epoch), header.Text(RpmHeader.Version), header.Text(RpmHeader.Release),
                header.Text(RpmHeader.Architecture), header.Text(RpmHeader.SourceRpm), header.Text(RpmHeader.License), header.Text(RpmHeader.Vendor));
            _packages.AddOwned(owned);
        }
        catch (InvalidDataException)
        {
            _packages.AddUnreadable();
        }
    }

    public void Add(string? name, uint? epoch, string? version, string? release, string? architecture, string? sourceRpm, string? license, string? vendor)
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
                license is "(none)" or "" ? null : license, Vendor: vendor is "(none)" or "" ? null : vendor));
        }
    }

    // A file's path is the name of its folder, by index, and its own (rpm, docs/manual/tags.md).
    private static OwnedFiles? OwnedBy(RpmHeader header)
    {
        var folders = header.Texts(RpmHeader.FolderNames);
        var indexes = header.Numbers(RpmHeader.FolderIndexes);
        var paths = new OwnedPaths();
        foreach (var (index, name) in header.Texts(RpmHeader.FileNames).Index())
        {
            if (index < indexes.Count && indexes[index] < folders.Count)
            {
                paths.Add(folders[(int)indexes[index]] + name);
            }
        }

        return paths.MoveTo(header.Text(RpmHeader.Name) ?? "");
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
