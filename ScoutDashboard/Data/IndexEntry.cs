using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>That an index holds an image for a platform.</summary>
public sealed class IndexEntry
{
    public long IndexId { get; set; }
    public long ImageId { get; set; }
}

internal sealed class IndexEntryMapping : IEntityTypeConfiguration<IndexEntry>
{
    public void Configure(EntityTypeBuilder<IndexEntry> builder)
    {
        builder.HasKey(e => new { e.IndexId, e.ImageId });
        builder.HasIndex(e => e.ImageId);
        builder.HasOne<Image>().WithMany().HasForeignKey(e => e.IndexId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Image>().WithMany().HasForeignKey(e => e.ImageId).OnDelete(DeleteBehavior.Cascade);
    }
}
