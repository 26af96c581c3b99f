using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>The cached scan of one blob: a pure function of the verified blob digest and the extractor set.</summary>
public sealed class Layer
{
    public long Id { get; set; }
    public required string BlobDigest { get; set; }

    /// <summary>Names the extractors and their versions that made the scan.</summary>
    public required string ExtractorSet { get; set; }

    /// <summary>The LayerScan, zstd-compressed JSON.</summary>
    public required byte[] Scan { get; set; }

    /// <summary>Bytes on the wire.</summary>
    public long Size { get; set; }

    /// <summary>Bytes of the tar stream.</summary>
    public long UncompressedSize { get; set; }
    public DateTime ScannedAt { get; set; }
}

internal sealed class LayerMapping : IEntityTypeConfiguration<Layer>
{
    public void Configure(EntityTypeBuilder<Layer> builder) => builder.HasIndex(l => new { l.BlobDigest, l.ExtractorSet }).IsUnique();
}
