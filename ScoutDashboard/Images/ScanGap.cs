namespace ScoutDashboard.Images;

/// <summary>Something that was not read or not understood while an image was analysed: shown wherever its counts are.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Path">The path inside the image, or "" where the gap concerns the whole image or layer.</param>
/// <param name="Reason">One English sentence for a person.</param>
public sealed record ScanGap(ScanGapKind Kind, string Path, string Reason);

/// <summary>The kinds of gaps.</summary>
public enum ScanGapKind { Limit, Malformed, Unsupported, UnknownDistribution, NotPulled, NoAdvisories }
