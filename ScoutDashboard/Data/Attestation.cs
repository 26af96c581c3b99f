using System.Text.Json.Serialization;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>
/// What others say of an image in its registry: bills of materials and build provenance. Nobody's signature was verified: all of it is claims. Kept as JSON.
/// </summary>
/// <param name="Gaps">What was found and not read; paths are "".</param>
/// <param name="NotAsked">Why the registry's referrers could not be asked for, one sentence for a person; null where they could.</param>
public sealed record AttestationFindings(IReadOnlyList<Attestation> Found, IReadOnlyList<ScanGap> Gaps, string? NotAsked)
{
    /// <summary>Tells what the documents were compared with from anything else; null where it was not kept.</summary>
    public string? ComparedWith { get; init; }

    /// <summary>The one image that provenance about this image says it was built on; null where it tells none or several: of those nobody can tell which is the base.</summary>
    [JsonIgnore]
    public BuildImage? BuiltOn => Found.Where(found => found.Subject != AttestationSubject.Another && found.Provenance is not null).SelectMany(found => found.Provenance!.Bases)
        .Distinct().ToList() is [var only] ? only : null;
}

/// <param name="Format">E.g. <c>SPDX 2.3</c>, <c>CycloneDX 1.6</c>, <c>SLSA provenance v1</c>; of other kinds the type as the registry calls it.</param>
/// <param name="Place">Where it hangs on the image.</param>
/// <param name="Digest">Of the document's blob.</param>
/// <param name="Tool">What made it, with version; null where it does not say.</param>
/// <param name="CreatedAt">UTC, as it says.</param>
/// <param name="Names">The digest that it says it is about, where that is another image; null where it says none.</param>
/// <param name="Packages">How a bill of materials agrees with what was found here; null where it was not compared.</param>
public sealed record Attestation(
    AttestationKind Kind, string Format, AttestationPlace Place, string Digest, string? Tool, DateTime? CreatedAt, AttestationSubject Subject, string? Names,
    PackageAgreement? Packages, BuildProvenance? Provenance);

/// <summary>What an attestation is.</summary>
public enum AttestationKind { Sbom, Provenance, Other }

/// <summary>Where an attestation was found: in the image's index (BuildKit), or among the referrers of the image or of its index (OCI distribution-spec).</summary>
public enum AttestationPlace { Index, Referrer, IndexReferrer }

/// <summary>What an attestation says it is about.</summary>
public enum AttestationSubject { Image, Index, Another }

/// <summary>Packages by normalised purl without qualifiers, each counted once.</summary>
/// <param name="Named">How many the document names that can be compared.</param>
/// <param name="Both">Of these, how many were found here.</param>
/// <param name="OnlyHere">How many were found here that it does not name.</param>
/// <param name="NotCompared">Entries of the document that have no version.</param>
/// <param name="ThereList">Some of what only the document names, as it writes them, in order.</param>
/// <param name="HereList">Some of what only was found here, purls, in order.</param>
public sealed record PackageAgreement(int Named, int Both, int OnlyHere, int NotCompared, IReadOnlyList<string> ThereList, IReadOnlyList<string> HereList)
{
    public int OnlyThere => Named - Both;
}

/// <summary>How an image was built, as SLSA provenance says (slsa.dev/spec).</summary>
/// <param name="Repository">Address of the source, without credentials.</param>
/// <param name="Revision">The source's commit.</param>
/// <param name="Bases">Images that the build took, without the builder's own.</param>
public sealed record BuildProvenance(
    string? Builder, string? Repository, string? Revision, string? Invocation, DateTime? StartedAt, DateTime? FinishedAt, IReadOnlyList<BuildImage> Bases);

/// <param name="Name"><c>host/repository:tag</c>.</param>
/// <param name="Digest">A manifest's or an index's; null where it is not told.</param>
public sealed record BuildImage(string Name, string? Digest);
