using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>One advisory record in OSV form.</summary>
public sealed class Advisory
{
    /// <summary>Origin of what came from the OSV bucket, where one record lies in the archives of several ecosystems.</summary>
    public const string Bucket = "OSV";

    /// <summary>OSV id, e.g. <c>GHSA-…</c>, <c>DEBIAN-CVE-2024-1234</c>.</summary>
    public required string Id { get; set; }
    public DateTime Modified { get; set; }
    public DateTime? Published { get; set; }
    public DateTime? Withdrawn { get; set; }
    public string Summary { get; set; } = "";

    /// <summary>Who brought it and alone may take it away: <see cref="Bucket"/>, or the key of a feed of another kind.</summary>
    public string Origin { get; set; } = Bucket;

    /// <summary>When this dashboard first read the record, and when its present text: later than a match, the match did not know it.</summary>
    public DateTime FirstReadAt { get; set; }
    public DateTime ReadAt { get; set; }

    /// <summary>The whole record, zstd-compressed JSON.</summary>
    public required byte[] Document { get; set; }
}

/// <summary>That an advisory names a package.</summary>
public sealed class AffectedPackage
{
    public long Id { get; set; }
    public required string AdvisoryId { get; set; }

    /// <summary>Ecosystem as written in the record, e.g. <c>Debian:12</c>.</summary>
    public required string Ecosystem { get; set; }
    public required string EcosystemBase { get; set; }

    /// <summary>Package name, normalised for its ecosystem (PyPI, NuGet: lower case …).</summary>
    public required string Name { get; set; }
}

internal sealed class AdvisoryMapping : IEntityTypeConfiguration<Advisory>, IEntityTypeConfiguration<AffectedPackage>
{
    public void Configure(EntityTypeBuilder<Advisory> builder)
    {
        builder.HasKey(a => a.Id);
        builder.Property(a => a.Origin).HasDefaultValue(Advisory.Bucket);
        builder.HasIndex(a => a.Origin);
    }

    public void Configure(EntityTypeBuilder<AffectedPackage> builder)
    {
        builder.HasIndex(a => new { a.EcosystemBase, a.Name });
        builder.HasIndex(a => new { a.Ecosystem, a.Name });
        builder.HasIndex(a => new { a.AdvisoryId, a.EcosystemBase });
        builder.HasOne<Advisory>().WithMany().HasForeignKey(a => a.AdvisoryId).OnDelete(DeleteBehavior.Cascade);
    }
}
