namespace ScoutDashboard.Analysis.Packages.Java;

/// <summary>Libraries in Java archives and in the archives that lie in them: Maven's own files, manifests and file names tell what they are.</summary>
internal sealed class JavaExtractor(FormatLimits limits) : IPackageExtractor
{
    private static readonly string[] Java = [".jar", ".war", ".ear"];

    // NiFi, Jenkins, Karaf, JBoss, Liferay; other formats use some of these names too.
    private static readonly string[] Others = [".sar", ".nar", ".jpi", ".hpi", ".kar", ".par", ".far", ".lpkg"];

    // What archives in archives inflate to is held in memory, beside the file: of one file at a time, whatever is scanned at the same time.
    private readonly Lock _inflating = new();

    public string Id => "java";
    public int Version => 1;
    public int MaxFileSize => limits.ArchiveBytes;

    public IReadOnlyList<string> Endings { get; } = [.. Java, .. Others];

    public bool Wants(ReadOnlySpan<char> path) => IsArchive(path);

    // A file without a single member is no archive, whatever its name; but a jar must be one.
    public FileScan Extract(string path, ReadOnlySpan<byte> content) =>
        content.IsEmpty || (!EndsIn(path, Java) && content.IndexOf("PK\x03\x04"u8) < 0) ? FileScan.Empty : new JavaArchive(path, limits, _inflating).Read(content);

    /// <summary>Whether a path, in an image or an archive, is called like a Java archive.</summary>
    // Every file of every layer is asked; few have their dot where all these have it.
    public static bool IsArchive(ReadOnlySpan<char> path) => path.Length > 4 && (path[^4] == '.' || path[^5] == '.') && (EndsIn(path, Java) || EndsIn(path, Others));

    private static bool EndsIn(ReadOnlySpan<char> path, string[] extensions)
    {
        foreach (var extension in extensions)
        {
            // A file that is only called ".jar" has no name.
            if (path.Length > extension.Length && path.EndsWith(extension, StringComparison.OrdinalIgnoreCase) && path[^(extension.Length + 1)] != '/')
            {
                return true;
            }
        }

        return false;
    }
}
