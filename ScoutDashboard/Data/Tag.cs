using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>A tag as last seen: which manifest it points at and since when.</summary>
public sealed class Tag
{
    public long Id { get; set; }
    public long RepositoryId { get; set; }
    public required string Name { get; set; }

    /// <summary>Manifest digest.</summary>
    public required string Digest { get; set; }
    public DateTime PushedAt { get; set; }
}

internal sealed class TagMapping : IEntityTypeConfiguration<Tag>
{
    public void Configure(EntityTypeBuilder<Tag> builder)
    {
        builder.HasIndex(t => new { t.RepositoryId, t.Name }).IsUnique();
        builder.HasIndex(t => new { t.RepositoryId, t.Digest });
        // The latest image is asked for after each push.
        builder.HasIndex(t => new { t.RepositoryId, t.PushedAt });
        builder.HasOne<Repository>().WithMany().HasForeignKey(t => t.RepositoryId).OnDelete(DeleteBehavior.Cascade);
    }
}
