using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>
/// That a finding appeared or went, and why; written once. What is found when something is looked at for the first time is no change: neither a component's
/// first match with advisory data, nor a repository's first image.
/// </summary>
public sealed class FindingChange
{
    public long Id { get; set; }
    public DateTime At { get; set; }

    /// <summary>True: found since then. False: found until then.</summary>
    public bool Appeared { get; set; }
    public ChangeCause Cause { get; set; }
    public required string VulnerabilityId { get; set; }

    /// <summary>The advisory that decided.</summary>
    public required string AdvisoryId { get; set; }
    public long ComponentId { get; set; }
    public SeverityLevel Severity { get; set; }
    public Verdict Verdict { get; set; }

    /// <summary>Where another image became the repository's latest, see <see cref="ChangeCause.ImageChanged"/>; null where the component's advisories changed.</summary>
    public long? RepositoryId { get; set; }

    /// <summary>The image that became the latest; null as <see cref="RepositoryId"/>, and where its analysis was removed.</summary>
    public long? ImageId { get; set; }
}

/// <summary>Why a finding appeared or went. MatchingChanged: no advisory did, the dashboard's own rules did.</summary>
public enum ChangeCause { AdvisoryNew, AdvisoryChanged, AdvisoryWithdrawn, AdvisoryRemoved, MatchingChanged, ImageChanged }

internal sealed class FindingChangeMapping : IEntityTypeConfiguration<FindingChange>
{
    public void Configure(EntityTypeBuilder<FindingChange> builder)
    {
        builder.Property(c => c.Cause).HasConversion<string>();
        builder.Property(c => c.Verdict).HasConversion<string>();
        builder.Property(c => c.Severity).HasConversion<int>();
        builder.HasIndex(c => c.At);
        builder.HasIndex(c => new { c.ComponentId, c.At });
        builder.HasIndex(c => new { c.RepositoryId, c.At });
        builder.HasOne<Component>().WithMany().HasForeignKey(c => c.ComponentId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Repository>().WithMany().HasForeignKey(c => c.RepositoryId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Image>().WithMany().HasForeignKey(c => c.ImageId).OnDelete(DeleteBehavior.Cascade);
    }
}
