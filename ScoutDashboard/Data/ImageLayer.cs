using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>One step of an image's history, oldest first; steps that changed no file have no layer.</summary>
public sealed class ImageLayer
{
    public long ImageId { get; set; }

    /// <summary>Position in the history, from 0.</summary>
    public int Ordinal { get; set; }

    /// <summary>Position among the layers, from 0 at the bottom; null for a step without a layer.</summary>
    public int? LayerIndex { get; set; }
    public string? BlobDigest { get; set; }

    /// <summary>Bytes on the wire.</summary>
    public long Size { get; set; }

    /// <summary>The instruction, cleaned of shell prefixes, build arguments' values masked; "" where the history does not tell.</summary>
    public string CreatedBy { get; set; } = "";
    public DateTime? CreatedAt { get; set; }
}

internal sealed class ImageLayerMapping : IEntityTypeConfiguration<ImageLayer>
{
    public void Configure(EntityTypeBuilder<ImageLayer> builder)
    {
        builder.HasKey(l => new { l.ImageId, l.Ordinal });
        builder.HasIndex(l => l.BlobDigest);
        builder.HasOne<Image>().WithMany().HasForeignKey(l => l.ImageId).OnDelete(DeleteBehavior.Cascade);
    }
}
