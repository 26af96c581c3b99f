using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>The overview's totals at the end of a day (UTC), or so far today: what trends are made of.</summary>
public sealed class SeveritySnapshot
{
    public int OrganizationId { get; set; }

    /// <summary>Midnight UTC of the day.</summary>
    public DateTime Day { get; set; }
    public int Images { get; set; }
    public int VulnerableImages { get; set; }
    public int FixableCriticalHigh { get; set; }
    public int Critical { get; set; }
    public int High { get; set; }
    public int Medium { get; set; }
    public int Low { get; set; }
    public int Unknown { get; set; }
}

internal sealed class SeveritySnapshotMapping : IEntityTypeConfiguration<SeveritySnapshot>
{
    public void Configure(EntityTypeBuilder<SeveritySnapshot> builder) => builder.HasKey(s => new { s.OrganizationId, s.Day });
}
