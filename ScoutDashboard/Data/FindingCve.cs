using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>A further CVE of a finding's vulnerability, where advisories give one vulnerability several: catalogs may know it by this one only.</summary>
public sealed class FindingCve
{
    public long FindingId { get; set; }
    public required string Cve { get; set; }
}

internal sealed class FindingCveMapping : IEntityTypeConfiguration<FindingCve>
{
    public void Configure(EntityTypeBuilder<FindingCve> builder)
    {
        builder.HasKey(c => new { c.FindingId, c.Cve });
        builder.HasIndex(c => c.Cve);
        builder.HasOne<Finding>().WithMany(f => f.OtherCves).HasForeignKey(c => c.FindingId).OnDelete(DeleteBehavior.Cascade);
    }
}
