namespace ScoutDashboard.Analysis.Attestations;

/// <summary>A bill of materials as its document tells it.</summary>
/// <param name="Format">E.g. <c>SPDX 2.3</c>.</param>
/// <param name="Tool">What made it; null where it does not say.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="Packages">In the document's order, without the image itself, operating systems and files.</param>
/// <param name="IsCut">Whether it names more packages than are read.</param>
public sealed record SbomDocument(string Format, string? Tool, DateTime? CreatedAt, IReadOnlyList<SbomPackage> Packages, bool IsCut);

/// <param name="Purl">As written; null where there is none, then name and version tell.</param>
/// <param name="Name">With its group or scope, where there is one.</param>
public sealed record SbomPackage(string? Purl, string Name, string? Version);
