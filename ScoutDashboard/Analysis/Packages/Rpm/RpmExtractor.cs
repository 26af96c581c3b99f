using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages.Rpm;

/// <summary>
/// rpm's package database in each of its forms, told by their first bytes: SQLite with its write-ahead log, ndb, Berkeley DB; in the folders that
/// distributions keep it in, below any root (rpm, macro <c>_dbpath</c>).
/// </summary>
internal sealed class RpmExtractor(FormatLimits limits) : IPackageExtractor
{
    private const string SqliteName = "rpmdb.sqlite";
    private const string LogSuffix = "-wal";
    private static readonly string[] Folders = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"];

    public string Id => "rpm";
    public int Version => 2;
    public int MaxFileSize => limits.RpmDatabaseBytes;
    public string SidecarSuffix => LogSuffix;

    public IReadOnlyList<string> Endings { get; } = ["/Packages", "/Packages.db", "/" + SqliteName, "/" + SqliteName + LogSuffix];

    public bool Wants(ReadOnlySpan<char> path)
    {
        var folder = PathSuffix.Folder(path, out var name);
        if (name is not ("Packages" or "Packages.db" or SqliteName or SqliteName + LogSuffix))
        {
            return false;
        }

        foreach (var known in Folders)
        {
            if (PathSuffix.Is(folder, known))
            {
                return true;
            }
        }

        return false;
    }

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => path.EndsWith(LogSuffix, StringComparison.Ordinal) ? LogAlone(path, content) : Extract(path, content, []);

    public FileScan Extract(string path, ReadOnlySpan<byte> content, ReadOnlySpan<byte> sidecar)
    {
        // rpm makes the file before it has something to put in.
        if (content.IsEmpty)
        {
            return FileScan.Empty;
        }

        var packages = new RpmPackages(path, limits);
        if (content.StartsWith("SQLite format 3\0"u8))
        {
            new SqliteTable(content, sidecar).ReadBlobs("Packages", packages);
        }
        else if (content.StartsWith(NdbDatabase.Magic))
        {
            NdbDatabase.Read(content, packages);
        }
        else if (BdbDatabase.Is(content))
        {
            BdbDatabase.Read(content, packages);
        }
        else
        {
            throw new InvalidDataException("The file is of none of rpm's database forms.");
        }

        return packages.ToScan();
    }

    // Without its database in the same layer a log can't be laid over anything; an empty one, which rpm leaves behind, changes nothing.
    private static FileScan LogAlone(string path, ReadOnlySpan<byte> log) => SqliteWal.Read(log).PageCount == 0 ? FileScan.Empty
        : new FileScan([], Gaps: [new ScanGap(ScanGapKind.Unsupported, path, "This log changes an rpm database that is not in the same layer; its changes were not read.")]);
}
