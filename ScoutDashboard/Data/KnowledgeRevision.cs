using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>How often components were marked because advisories changed: one row, so that a match can tell whether any was while it went on.</summary>
public sealed class KnowledgeRevision
{
    /// <summary>Key of the only row.</summary>
    public const int Only = 1;

    public int Id { get; set; } = Only;
    public long Number { get; set; }
}

internal sealed class KnowledgeRevisionMapping : IEntityTypeConfiguration<KnowledgeRevision>
{
    public void Configure(EntityTypeBuilder<KnowledgeRevision> builder)
    {
        builder.Property(revision => revision.Id).ValueGeneratedNever();
        builder.HasData(new KnowledgeRevision());
    }
}
