using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>How much of a hostile image is read before the rest becomes a gap; configuration section <c>Analysis:Limits</c>. Sizes are bytes.</summary>
public sealed record AnalysisLimits
{
    private const long GiB = 1L << 30;

    public int ConfigBytes { get; init; } = 8 << 20;

    /// <summary>How deep indexes lie in indexes.</summary>
    public int IndexDepth { get; init; } = 3;
    public int Layers { get; init; } = 512;
    public int HistoryEntries { get; init; } = 2048;

    /// <summary>Labels of a configuration, and variables, ports and arguments.</summary>
    public int ConfigItems { get; init; } = 500;

    /// <summary>Sum of an image's layers on the wire.</summary>
    public long WireBytes { get; init; } = 20 * GiB;

    /// <summary>Sum of the tar streams of an image's layers that are scanned; a scan that was kept costs nothing.</summary>
    public long UncompressedBytes { get; init; } = 64 * GiB;

    /// <summary>Uncompressed to wire bytes, sustained over <see cref="RatioWindow"/>; deflate's own limit is 1032.</summary>
    public int Ratio { get; init; } = 300;
    public long RatioWindow { get; init; } = 256 << 20;
    public int EntriesPerLayer { get; init; } = 2_000_000;
    public int EntriesPerImage { get; init; } = 5_000_000;
    public int PathBytes { get; init; } = 4096;
    public int PathDepth { get; init; } = 128;
    public int PaxRecordBytes { get; init; } = 64 << 10;

    /// <summary>All extended headers of one entry.</summary>
    public int PaxBytes { get; init; } = 1 << 20;

    /// <summary>Files of one layer that extractors read.</summary>
    public int FilesRead { get; init; } = 200_000;

    /// <summary>Paths of one layer as they are kept for the merge.</summary>
    public int ChangeBytes { get; init; } = 256 << 20;

    /// <summary>Packages of one layer, and of one image.</summary>
    public int Components { get; init; } = 100_000;

    /// <summary>Files of one layer whose owning package is kept.</summary>
    public int OwnedPaths { get; init; } = 2_000_000;

    /// <summary>How long an image's layers are worked at, together, without what their bytes take to come; a scan that was kept costs nothing.</summary>
    public TimeSpan WorkTime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// What all scans of this process hold in memory at the same time of files over 16 MiB, of files kept for the one beside them, and of archives inflated out of
    /// archives; the next large file waits. One that is larger than all of it is read alone.
    /// </summary>
    public long BufferedBytes { get; init; } = 512 << 20;

    /// <summary>Files of one layer that are kept for the file beside them, as an rpm database for its log.</summary>
    public int SidecarBytes { get; init; } = 128 << 20;

    /// <summary>Symbolic links that one path leads through.</summary>
    public int SymlinkHops { get; init; } = 40;

    /// <summary>Attestations of one image that are read.</summary>
    public int Attestations { get; init; } = 16;
    public int AttestationBytes { get; init; } = 64 << 20;

    /// <summary>Build provenance, which is read whole.</summary>
    public int ProvenanceBytes { get; init; } = 8 << 20;

    /// <summary>Packages that are kept by name of those that only one side of a comparison has.</summary>
    public int AttestationDifferences { get; init; } = 500;

    /// <summary>Gaps of one layer, and of one image; one more says that there were more.</summary>
    public int Gaps { get; init; } = 500;

    public FormatLimits Formats { get; init; } = new();

    /// <summary>
    /// Only those of the limits that shape a layer's scan, for telling scans apart that were made under others. A scan that was kept hit none of the rest: going
    /// over one of them fails the layer, and of that nothing is kept; or it is of whole images.
    /// </summary>
    internal AnalysisLimits OfScans => new()
    {
        PathBytes = PathBytes, PathDepth = PathDepth, Components = Components, OwnedPaths = OwnedPaths, SidecarBytes = SidecarBytes, Gaps = Gaps, Formats = Formats,
    };
}
