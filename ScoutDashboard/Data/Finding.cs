using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>That a component is, or may be, affected by a vulnerability: one row per component and vulnerability, whatever advisories say so.</summary>
public sealed class Finding
{
    public long Id { get; set; }
    public long ComponentId { get; set; }

    /// <summary>The id that people know: CVE, else GHSA, else the advisory's own.</summary>
    public required string VulnerabilityId { get; set; }

    /// <summary>The same vulnerability's CVEs besides <see cref="VulnerabilityId"/>; few have any.</summary>
    public ICollection<FindingCve> OtherCves { get; } = [];

    /// <summary>The advisory that decided.</summary>
    public required string AdvisoryId { get; set; }
    public Verdict Verdict { get; set; }

    /// <summary>Why undecided, or the matched range, for a person.</summary>
    public string? Reason { get; set; }
    public SeverityLevel Severity { get; set; }

    /// <summary>CVSS score, where a vector gave one.</summary>
    public double? Score { get; set; }
    public string? Vector { get; set; }

    /// <summary>Where the severity comes from, e.g. <c>CVSS:3.1 of GHSA-…</c> or <c>Debian urgency</c>.</summary>
    public string? SeveritySource { get; set; }

    /// <summary>What the distribution's own team says, beside the severity: <c>Debian urgency: low</c>, <c>Ubuntu priority: medium</c>.</summary>
    public string? DistributionRating { get; set; }

    /// <summary>The lowest version that leaves the affected ranges; null with <see cref="FixState"/> saying why.</summary>
    public string? FixedVersion { get; set; }
    public FixState FixState { get; set; }
    public DateTime FirstSeenAt { get; set; }
}

/// <summary>What matching said.</summary>
public enum Verdict { Affected, Undecided }

/// <summary>Whether a fixed version exists.</summary>
public enum FixState { Fixed, NoFix, Unknown }

internal sealed class FindingMapping : IEntityTypeConfiguration<Finding>
{
    public void Configure(EntityTypeBuilder<Finding> builder)
    {
        builder.Property(f => f.Verdict).HasConversion<string>();
        builder.Property(f => f.FixState).HasConversion<string>();
        // A number here, so that the database sorts critical first.
        builder.Property(f => f.Severity).HasConversion<int>();
        builder.HasIndex(f => new { f.ComponentId, f.VulnerabilityId }).IsUnique();
        builder.HasIndex(f => f.VulnerabilityId);
        builder.HasOne<Component>().WithMany().HasForeignKey(f => f.ComponentId).OnDelete(DeleteBehavior.Cascade);
    }
}
