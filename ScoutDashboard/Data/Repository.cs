using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>A repository of a connected registry.</summary>
public sealed class Repository
{
    public long Id { get; set; }
    public long IntegrationId { get; set; }
    public Integration? Integration { get; set; }
    public required string Name { get; set; }

    /// <summary>Whether image analysis is enabled.</summary>
    public bool Enabled { get; set; }
    public DateTime? EnabledAt { get; set; }

    /// <summary>The newest tag's time when analysis was enabled, by the registry's clock; tags that moved later were pushed. Null until first looked at.</summary>
    public DateTime? BaselineAt { get; set; }
    public DateTime? LastPushedAt { get; set; }

    /// <summary>When the catalogue last listed it.</summary>
    public DateTime? SeenAt { get; set; }

    /// <summary>The image (or index) whose tag moved last; what the totals count.</summary>
    public long? LatestImageId { get; set; }

    /// <summary>The latest image whose findings were last compared with those of the one before, see <see cref="FindingChange"/>; null before the first.</summary>
    public long? ComparedImageId { get; set; }
}

internal sealed class RepositoryMapping : IEntityTypeConfiguration<Repository>
{
    public void Configure(EntityTypeBuilder<Repository> builder)
    {
        builder.HasIndex(r => new { r.IntegrationId, r.Name }).IsUnique();
        builder.HasIndex(r => r.LatestImageId);
        builder.HasOne(r => r.Integration).WithMany().HasForeignKey(r => r.IntegrationId).OnDelete(DeleteBehavior.Cascade);
    }
}
