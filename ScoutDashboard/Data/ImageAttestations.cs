using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>What others say of one image; without a row nobody looked for it yet.</summary>
public sealed class ImageAttestations
{
    public long ImageId { get; set; }

    /// <summary>JSON of <see cref="AttestationFindings"/>.</summary>
    public required string Content { get; set; }

    /// <summary>The one image that provenance says it was built on, <c>host/repository:tag</c>; null where it tells none, or several.</summary>
    public string? BaseName { get; set; }

    /// <summary>That image's digest, where it is told.</summary>
    public string? BaseDigest { get; set; }
}

internal sealed class ImageAttestationsMapping : IEntityTypeConfiguration<ImageAttestations>
{
    public void Configure(EntityTypeBuilder<ImageAttestations> builder)
    {
        builder.HasKey(a => a.ImageId);
        builder.Property(a => a.ImageId).ValueGeneratedNever();
        builder.HasOne<Image>().WithOne().HasForeignKey<ImageAttestations>(a => a.ImageId).OnDelete(DeleteBehavior.Cascade);
    }
}
