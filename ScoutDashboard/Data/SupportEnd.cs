using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>That a product's support of a channel ended: of what is found in its packages since, no advisory tells.</summary>
public sealed class SupportEnd
{
    public long Id { get; set; }

    /// <summary>As people call it, e.g. <c>.NET</c>.</summary>
    public required string Product { get; set; }

    /// <summary>How the versions of the channel begin, without the dot behind: <c>6.0</c>.</summary>
    public required string Channel { get; set; }

    /// <summary>Null where the product's maker tells that it ended, and not when.</summary>
    public DateTime? EndedOn { get; set; }
    public required string EcosystemBase { get; set; }

    /// <summary>How the product's packages begin, as advisories spell them.</summary>
    public required string NamePrefix { get; set; }
}

internal sealed class SupportEndMapping : IEntityTypeConfiguration<SupportEnd>
{
    public void Configure(EntityTypeBuilder<SupportEnd> builder) => builder.HasIndex(e => new { e.NamePrefix, e.Channel }).IsUnique();
}
