using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>A further name by which findings may tell of an exception's vulnerability.</summary>
public sealed class ExceptionName
{
    public long ExceptionId { get; set; }
    public required string Name { get; set; }

    /// <summary>Whether advisories had it when the exception was made: it stays, whatever they say later. Else they give it now, and it goes with them.</summary>
    public bool IsKept { get; set; }
}

internal sealed class ExceptionNameMapping : IEntityTypeConfiguration<ExceptionName>
{
    public void Configure(EntityTypeBuilder<ExceptionName> builder)
    {
        builder.ToTable("ExceptionNames");
        builder.HasKey(n => new { n.ExceptionId, n.Name });
        builder.HasIndex(n => n.Name);
    }
}
