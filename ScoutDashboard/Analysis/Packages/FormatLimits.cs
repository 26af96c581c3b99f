namespace ScoutDashboard.Analysis.Packages;

/// <summary>How much of one file extractors read before the rest becomes a gap; configuration section <c>Analysis:Limits:Formats</c>. Sizes are bytes.</summary>
public sealed record FormatLimits
{
    /// <summary>A program or library that is searched for what it was built from.</summary>
    public int ProgramBytes { get; init; } = 256 << 20;

    /// <summary>A .NET assembly that no deps.json tells of.</summary>
    public int AssemblyBytes { get; init; } = 64 << 20;

    /// <summary>A Java archive, wheel or egg.</summary>
    public int ArchiveBytes { get; init; } = 256 << 20;

    /// <summary>The database of dpkg or apk.</summary>
    public int DatabaseBytes { get; init; } = 256 << 20;
    public int RpmDatabaseBytes { get; init; } = 512 << 20;

    /// <summary>Which files a package of dpkg brought.</summary>
    public int FileListBytes { get; init; } = 64 << 20;
    public int DepsJsonBytes { get; init; } = 16 << 20;
    public int PackageJsonBytes { get; init; } = 1 << 20;
    public int LockFileBytes { get; init; } = 32 << 20;

    /// <summary>Any other file that tells of packages.</summary>
    public int MetadataBytes { get; init; } = 16 << 20;

    /// <summary>A file that tells the distribution.</summary>
    public int ReleaseFileBytes { get; init; } = 64 << 10;

    /// <summary>A line of a text.</summary>
    public int LineBytes { get; init; } = 1 << 20;

    /// <summary>Packages of one file.</summary>
    public int Packages { get; init; } = 200_000;

    /// <summary>Files of one package whose owner is kept.</summary>
    public int OwnedPaths { get; init; } = 500_000;

    /// <summary>How deep a JSON document is nested.</summary>
    public int JsonDepth { get; init; } = 64;

    /// <summary>A text of a JSON document.</summary>
    public int JsonTextBytes { get; init; } = 1 << 20;

    /// <summary>How deep archives lie in archives.</summary>
    public int ZipDepth { get; init; } = 8;

    /// <summary>All that one file's members, and the members of archives in it, inflate to.</summary>
    public long ZipInflatedBytes { get; init; } = 2L << 30;
    public int ZipMembers { get; init; } = 100_000;

    /// <summary>A manifest or pom in an archive.</summary>
    public int ZipTextBytes { get; init; } = 10 << 20;

    /// <summary>Archives that lie in each other, inflated and in memory at the same time: of one file at a time in this process.</summary>
    public int ZipNestedBytes { get; init; } = 256 << 20;

    /// <summary>What an rpm database holds of one package.</summary>
    public int RpmHeaderBytes { get; init; } = 16 << 20;

    /// <summary>Sections, load commands or segments of a program.</summary>
    public int Sections { get; init; } = 4096;
    public int GoModuleBytes { get; init; } = 8 << 20;

    /// <summary>The list of crates that cargo-auditable leaves in a program, unpacked.</summary>
    public int CargoAuditableBytes { get; init; } = 8 << 20;

    /// <summary>A chisel manifest, unpacked.</summary>
    public int ChiselManifestBytes { get; init; } = 64 << 20;
}
