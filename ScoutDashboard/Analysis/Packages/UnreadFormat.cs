using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>A package format that is recognised but not read: each of its files is a gap, so that what lies in it is never taken for absent.</summary>
internal sealed class UnreadFormat(string id, string what, UnreadFormat.Test wants) : IPackageExtractor
{
    /// <summary>Whether a normalised path is a file of the format.</summary>
    internal delegate bool Test(ReadOnlySpan<char> path);

    public static readonly IReadOnlyList<IPackageExtractor> All =
    [
        new UnreadFormat("unread-java", "Java archives are not read yet: what lies in them is not listed here.", IsJava),
    ];

    public string Id => id;
    public int Version => 1;
    public int MaxFileSize => 0;
    public string WhyUnread => what;

    public bool Wants(ReadOnlySpan<char> path) => wants(path);

    public FileScan Extract(string path, ReadOnlySpan<byte> content) => new([], Gaps: [new ScanGap(ScanGapKind.Unsupported, path, what)]);

    private static bool IsJava(ReadOnlySpan<char> path) =>
        path.EndsWith(".jar", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".war", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".ear", StringComparison.OrdinalIgnoreCase);
}
