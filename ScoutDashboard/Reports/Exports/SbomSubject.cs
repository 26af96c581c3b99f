using ScoutDashboard.Images;

namespace ScoutDashboard.Reports.Exports;

/// <summary>What a bill of materials is of: an image, or this program.</summary>
/// <param name="IsImage">Whether it is a container image.</param>
/// <param name="Version">An image's digest, else the version.</param>
/// <param name="FileName">What a file with its bill of materials is called, without ending.</param>
/// <param name="License">SPDX identifier; null where it is not known.</param>
public sealed record SbomSubject(bool IsImage, string Name, string Version, string Purl, string FileName, string? Tag, string? Platform, string? License)
{
    /// <param name="registry">The registry's host; null for an image that was read from a file.</param>
    /// <param name="repository">The repository, or the file's name.</param>
    public static SbomSubject OfImage(string? registry, string repository, string? tag, string digest, string? platform)
    {
        var name = registry is null ? repository : $"{registry}/{repository}";
        // purl-spec, type oci: the name is the last part of the repository, repository_url the whole.
        var purl = PackageUrl.Format(
            "oci", null, repository[(repository.LastIndexOf('/') + 1)..].ToLowerInvariant(), digest,
            ("repository_url", registry is null ? null : name.ToLowerInvariant()), ("tag", tag), ("arch", platform?.Split('/').ElementAtOrDefault(1)));
        return new SbomSubject(true, name, digest, purl, $"{repository}-{tag ?? digest[7..19]}-{platform}", tag, platform, null);
    }

    public static SbomSubject OfProgram(string name, string version, string platform, string license) =>
        new(false, name, version, PackageUrl.Format("generic", null, name, version), $"{name}-{version}", null, platform, license);
}
