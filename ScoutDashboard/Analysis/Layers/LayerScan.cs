using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Layers;

/// <summary>
/// What one layer holds and does to the layers beneath it: a pure function of the verified blob and the extractors, so that it serves every
/// image that has the layer. Made by <see cref="LayerScanner"/>, kept by <see cref="LayerScanStorage"/>, read by <see cref="LayerMerge"/>.
/// </summary>
/// <param name="Detections">What extractors read, in the order of <paramref name="Changes"/>, which says how many belong to each path.</param>
/// <param name="Changes">Every path of the tar in its order, front-coded; see <see cref="LayerChangeReader"/>.</param>
/// <param name="Gaps">What concerns no file that an extractor read.</param>
/// <param name="WireSize">Bytes of the blob.</param>
/// <param name="UncompressedSize">Bytes of the tar stream.</param>
/// <param name="Entries">Entries of the tar.</param>
public sealed record LayerScan(
    IReadOnlyList<Detection> Detections, ReadOnlyMemory<byte> Changes, IReadOnlyList<ScanGap> Gaps, long WireSize, long UncompressedSize, int Entries);

/// <summary>What one extractor said about one file of the layer.</summary>
/// <param name="Extractor">The extractor's id.</param>
/// <param name="Scan">Empty, with a gap that says why, where the file could not be read; null where the path is a link, whose target the merge finds.</param>
/// <param name="ByHead">Whether the file's first bytes asked for it, so that every hard link to it holds the same, whatever its name.</param>
public sealed record Detection(string Extractor, FileScan? Scan, bool ByHead = false);

/// <summary>What an entry of a layer does at its path.</summary>
internal enum ChangeKind : byte { File, Directory, Symlink, HardLink, Whiteout, Opaque }
