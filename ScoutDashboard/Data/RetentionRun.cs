using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>What was removed when last somebody looked what nobody needs any more; one row at most.</summary>
public sealed class RetentionRun
{
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;
    public DateTime StartedAt { get; set; }
    public DateTime EndedAt { get; set; }
    public int Images { get; set; }

    /// <summary>Scans of layers that no image has any more, or that other extractors made.</summary>
    public int Layers { get; set; }

    /// <summary>Components that no image has any more; their findings went with them.</summary>
    public int Components { get; set; }
    public int Events { get; set; }
    public int Jobs { get; set; }

    /// <summary>Bytes of the database's file before.</summary>
    public long BytesBefore { get; set; }

    /// <summary>Bytes of the database's file after.</summary>
    public long BytesAfter { get; set; }
}

internal sealed class RetentionRunMapping : IEntityTypeConfiguration<RetentionRun>
{
    public void Configure(EntityTypeBuilder<RetentionRun> builder) => builder.Property(r => r.Id).ValueGeneratedNever();
}
