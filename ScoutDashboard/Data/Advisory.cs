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

    /// <summary>The whole record, JSON: zstd-compressed, or deflated as it came.</summary>
    public required byte[] Document { get; set; }

    /// <summary>What of the record matching looks at, in a form of its own or, from an earlier version, as JSON; zstd-compressed where it is long; null where the whole must be asked, until an import stores the record again.</summary>
    public byte[]? Matching { get; set; }
}

/// <summary>That an advisory names a package.</summary>
public sealed class AffectedPackage
{
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
        // With the base, which the ecosystem tells: who asks for both must find both in one index, or all packages of the ecosystem are gone through.
        builder.HasKey(a => new { a.AdvisoryId, a.EcosystemBase, a.Ecosystem, a.Name });
        // With the advisory, so that a lookup finds all in the index; one of two, for each costs an import as much as the row.
        builder.HasIndex(a => new { a.EcosystemBase, a.Ecosystem, a.Name, a.AdvisoryId });
        builder.HasOne<Advisory>().WithMany().HasForeignKey(a => a.AdvisoryId).OnDelete(DeleteBehavior.Cascade);
    }
}
