using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>One manifest of a repository: an image of one platform, a multi-platform index, or an artifact that is no image.</summary>
public sealed class Image
{
    public long Id { get; set; }
    public long RepositoryId { get; set; }
    public Repository? Repository { get; set; }

    /// <summary>Manifest digest, recomputed from its bytes.</summary>
    public required string Digest { get; set; }
    public ImageKind Kind { get; set; }
    public string? MediaType { get; set; }

    /// <summary><c>linux/amd64</c>; null for an index or artifact.</summary>
    public string? Platform { get; set; }
    public string? OsVersion { get; set; }
    public string? Distribution { get; set; }
    public string? ConfigDigest { get; set; }

    /// <summary>Names all its layers in their order, see <see cref="LayerChains"/>; null before analysis and for an image without layers.</summary>
    public string? LayerChain { get; set; }

    /// <summary>Sum of the layers' wire sizes, bytes.</summary>
    public long Size { get; set; }

    /// <summary>The configuration's <c>created</c>.</summary>
    public DateTime? CreatedAt { get; set; }
    public DateTime? PushedAt { get; set; }
    public ImageState State { get; set; }

    /// <summary>Why the state is Failed or Skipped: one sentence for a person.</summary>
    public string? StateReason { get; set; }
    public DateTime? AnalysedAt { get; set; }
    public DateTime? DeletedAt { get; set; }

    /// <summary>Since when no tag leads to it, neither its own nor that of an index that holds it; null while one does, and until somebody looked.</summary>
    public DateTime? UntaggedAt { get; set; }

    /// <summary>The configuration without values of environment variables, and the manifest's annotations, as JSON; null before analysis. Shape: <see cref="ImageSettings"/>.</summary>
    public string? Settings { get; set; }

    /// <summary>JSON array of <see cref="ScanGap"/>; "[]" where nothing was missed.</summary>
    public string Gaps { get; set; } = "[]";
    public int Packages { get; set; }

    /// <summary>Vulnerabilities by severity, each counted once, without those that are <see cref="Accepted"/>; null until matched against advisories.</summary>
    public int? Critical { get; set; }
    public int? High { get; set; }
    public int? Medium { get; set; }
    public int? Low { get; set; }
    public int? Unknown { get; set; }

    /// <summary>Of those, critical and high ones for which a fixed version is known.</summary>
    public int FixableCriticalHigh { get; set; }

    /// <summary>Vulnerabilities that exceptions cover wherever they are, or may be, in the image; they are not among the counts by severity. See <see cref="ExceptionRule"/>.</summary>
    public int Accepted { get; set; }

    /// <summary>Ecosystems of the image's packages that have no advisory data yet, comma-separated; "" where all have.</summary>
    public string Unmatched { get; set; } = "";

    /// <summary>How often what these counts are taken from changed since they were last written; 0 where they hold. See <see cref="CountMarks"/>.</summary>
    public int CountsDue { get; set; }
}

/// <summary>What a manifest is.</summary>
public enum ImageKind { Image, Index, Artifact }

/// <summary>How far the analysis of an image has come. Partial: analysed with gaps.</summary>
public enum ImageState { Pending, Analysing, Analysed, Partial, Failed, Skipped }

/// <summary>
/// What is kept of an image's configuration (OCI image-spec, config.md): names of environment variables, never their values. Annotations are the manifest's;
/// null for an image analysed before they were kept.
/// </summary>
public sealed record ImageSettings(
    string? User, IReadOnlyList<string> Entrypoint, IReadOnlyList<string> Cmd, string? WorkingDir,
    IReadOnlyList<string> EnvironmentNames, IReadOnlyList<string> ExposedPorts, IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string>? Annotations = null);

internal sealed class ImageMapping : IEntityTypeConfiguration<Image>
{
    public void Configure(EntityTypeBuilder<Image> builder)
    {
        builder.Property(i => i.Kind).HasConversion<string>();
        builder.Property(i => i.State).HasConversion<string>();
        builder.HasIndex(i => new { i.RepositoryId, i.Digest }).IsUnique();
        builder.HasIndex(i => new { i.RepositoryId, i.PushedAt });
        builder.HasIndex(i => i.AnalysedAt);
        builder.HasIndex(i => i.LayerChain);
        // A few of many, as a rule none: only those are in the index.
        builder.HasIndex(i => i.CountsDue).HasFilter("\"CountsDue\" > 0");
        builder.HasIndex(i => i.UntaggedAt).HasFilter("\"UntaggedAt\" IS NOT NULL");
        builder.HasOne(i => i.Repository).WithMany().HasForeignKey(i => i.RepositoryId).OnDelete(DeleteBehavior.Cascade);
    }
}
