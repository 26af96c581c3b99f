using System.Text.Json.Serialization;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Packages;

/// <summary>
/// Reads one package format from one file of one layer. Pure: the same path and bytes give the same result; no clock, no I/O, no log.
/// Throws <see cref="InvalidDataException"/> (or <see cref="System.Text.Json.JsonException"/>) for a malformed file, <see cref="FormatLimitException"/> for one
/// that is over a limit, nothing else.
/// </summary>
public interface IPackageExtractor
{
    /// <summary>How much of a file <see cref="WantsHead"/> sees, bytes.</summary>
    const int HeadLength = 64;

    /// <summary>Short lower-case id, the package set's kind: <c>dpkg</c>, <c>apk</c>, <c>npm</c> …</summary>
    string Id { get; }

    /// <summary>Raised whenever the same file would give another result.</summary>
    int Version { get; }

    /// <summary>Largest file that is read, bytes; a larger one is a gap.</summary>
    int MaxFileSize { get; }

    /// <summary>How every path ends, in whatever case, that <see cref="Wants"/> says yes to: of others it is not asked, for most files are nobody's. Null where it may be any.</summary>
    IReadOnlyList<string>? Endings => null;

    /// <summary>Whether this file is of the format; <paramref name="path"/> is normalised: no leading slash, no <c>.</c> or <c>..</c>, e.g. <c>var/lib/dpkg/status</c>.</summary>
    bool Wants(ReadOnlySpan<char> path) => false;

    /// <summary>
    /// Whether this file is of the format by how it begins, for formats that no name tells; a file that then holds nothing is as if it were not wanted.
    /// <paramref name="head"/> is the file's first <see cref="HeadLength"/> bytes, or the whole of a shorter one.
    /// </summary>
    bool WantsHead(ReadOnlySpan<char> path, ReadOnlySpan<byte> head) => false;

    /// <summary>What a wanted file's name is followed by in the name of the file beside it that must be read with it (<c>-wal</c>); both are wanted. Null where none is.</summary>
    string? SidecarSuffix => null;

    FileScan Extract(string path, ReadOnlySpan<byte> content);

    /// <summary>Reads a file together with its sidecar of the same layer; the sidecar's own scan is then empty.</summary>
    FileScan Extract(string path, ReadOnlySpan<byte> content, ReadOnlySpan<byte> sidecar) => Extract(path, content);
}

/// <summary>What one file says. A file that is wanted but holds nothing gives an empty scan: it still replaces a lower layer's.</summary>
/// <param name="Packages">Packages, in the file's order.</param>
/// <param name="Distribution">What an os-release file names.</param>
/// <param name="Gaps">What of the file was not read.</param>
/// <param name="Owns">Which files the packages of an operating system's database brought, where the file tells.</param>
/// <param name="Host">What it tells .NET's host.</param>
public sealed record FileScan(
    IReadOnlyList<FoundPackage> Packages, Distribution? Distribution = null, IReadOnlyList<ScanGap>? Gaps = null, IReadOnlyList<OwnedFiles>? Owns = null, HostFacts? Host = null)
{
    public static readonly FileScan Empty = new([]);

    /// <summary>Whether the file says nothing at all.</summary>
    [JsonIgnore]
    public bool IsEmpty => Packages.Count == 0 && Distribution is null && Gaps is null or [] && Owns is null or [] && Host is null;
}

/// <summary>A package as the file names it, before its distribution is known.</summary>
/// <param name="Type">purl type: deb, apk, rpm, npm, nuget, pypi, golang, maven, generic; <c>application</c> for the image's own program.</param>
/// <param name="Name">Name as installed; of Maven <c>group:artifact</c>, or the bare artifact where the group is unknown.</param>
/// <param name="Version">Version as installed; of an rpm <c>[epoch:]version-release</c>.</param>
/// <param name="Architecture">Architecture, for deb, apk and rpm.</param>
/// <param name="SourceName">Source package (deb, rpm), origin (apk) or, of what no package manager installed (generic), the product as advisories call it; where it differs from the name.</param>
/// <param name="SourceVersion">Version of the source package, where it differs.</param>
/// <param name="License">SPDX expression or text as written, where the file tells.</param>
/// <param name="Path">Where inside the image, if not the file itself.</param>
/// <param name="GroupHint">For a Maven artifact of unknown group, what its files tell of it: the Java package that most of its classes lie in.</param>
/// <param name="Vendor">Who made the package of an operating system: dpkg's maintainer, rpm's vendor.</param>
/// <param name="Stream">Module and stream of an rpm package, <c>nodejs:18</c>; null where it is of none.</param>
/// <param name="ListedOnly">Why it is no installed package; null for one that is.</param>
public sealed record FoundPackage(
    string Type, string Name, string Version, string? Architecture = null, string? SourceName = null, string? SourceVersion = null,
    string? License = null, string? Path = null, string? GroupHint = null, string? Vendor = null, ListedOnly? ListedOnly = null, string? Stream = null);
