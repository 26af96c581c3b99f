using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>An image as an analysis without dashboard tells of it.</summary>
/// <param name="Digest">The manifest's; null for a docker archive, which has none.</param>
/// <param name="ConfigDigest">The configuration's: the image id.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="Size">Bytes of the layers on the wire.</param>
/// <param name="Layers">Lowest first.</param>
/// <param name="Components">In order of purl.</param>
/// <param name="Attestations">What others say of it; null for a docker archive, which holds none.</param>
public sealed record StandaloneImage(
    string? Digest, string ConfigDigest, Platform Platform, Distribution? Distribution, DateTime? CreatedAt, long Size,
    IReadOnlyList<StandaloneLayer> Layers, IReadOnlyList<StandaloneComponent> Components, IReadOnlyList<ScanGap> Gaps, AttestationFindings? Attestations = null);

/// <param name="Instruction">What made it, for a person; "" where nobody can tell.</param>
/// <param name="Size">Bytes on the wire.</param>
public sealed record StandaloneLayer(int Index, string Digest, string MediaType, long Size, string Instruction);

/// <param name="Places">Where it lies and which layer brought it there; lowest layer first, then by path.</param>
/// <param name="ListedOnly">Why it is no installed package; null for one that is.</param>
/// <param name="PartOf">The tool that brought it for itself, with its version; null where the image has it elsewhere too.</param>
public sealed record StandaloneComponent(ComponentIdentity Identity, IReadOnlyList<StandalonePlace> Places, ListedOnly? ListedOnly = null, string? PartOf = null);

/// <param name="Layer">Index of the layer, 0 at the bottom.</param>
public sealed record StandalonePlace(string Path, int Layer);
