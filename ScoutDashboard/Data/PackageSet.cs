using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>A content-addressed set of components with their paths, e.g. all dpkg packages that one layer brought; images share it.</summary>
public sealed class PackageSet
{
    public long Id { get; set; }

    /// <summary>SHA-256 over kind and the sorted purls and paths with what is told of each.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>The extractor that found them: dpkg, apk, npm …</summary>
    public required string Kind { get; set; }
    public int Count { get; set; }
}

/// <summary>A component of a package set, with the path where it was found.</summary>
public sealed class PackageSetComponent
{
    public long PackageSetId { get; set; }
    public long ComponentId { get; set; }
    public required string Path { get; set; }

    /// <summary>The version that the package database held instead in the layer below; null where it held none.</summary>
    public string? ReplacedVersion { get; set; }

    /// <summary>The layer that the replaced version came with, from 0 at the bottom.</summary>
    public int? ReplacedLayer { get; set; }

    /// <summary>Why it is only listed, neither matched nor counted; null for what is installed.</summary>
    public ListedOnly? ListedOnly { get; set; }

    /// <summary>The tool whose own tree it lies in, with its version: <c>npm 10.8.2</c>. It is matched as any other.</summary>
    public string? PartOf { get; set; }
}

/// <summary>That an image has a package set, and which of its layers brought it.</summary>
public sealed class ImagePackageSet
{
    public long ImageId { get; set; }
    public long PackageSetId { get; set; }

    /// <summary>Index of the layer, from 0 at the bottom.</summary>
    public int LayerIndex { get; set; }
}

internal sealed class PackageSetMapping : IEntityTypeConfiguration<PackageSet>, IEntityTypeConfiguration<PackageSetComponent>, IEntityTypeConfiguration<ImagePackageSet>
{
    public void Configure(EntityTypeBuilder<PackageSet> builder) => builder.HasIndex(s => s.Hash).IsUnique();

    public void Configure(EntityTypeBuilder<PackageSetComponent> builder)
    {
        builder.HasKey(c => new { c.ComponentId, c.PackageSetId, c.Path });
        // What it holds beside the keys, so that lists of all images need not look at the rows.
        builder.HasIndex(c => new { c.PackageSetId, c.ComponentId, c.ListedOnly });
        builder.Property(c => c.ListedOnly).HasConversion<string>();
        builder.HasOne<PackageSet>().WithMany().HasForeignKey(c => c.PackageSetId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Component>().WithMany().HasForeignKey(c => c.ComponentId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<ImagePackageSet> builder)
    {
        builder.HasKey(s => new { s.PackageSetId, s.ImageId, s.LayerIndex });
        builder.HasIndex(s => new { s.ImageId, s.PackageSetId });
        builder.HasOne<PackageSet>().WithMany().HasForeignKey(s => s.PackageSetId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Image>().WithMany().HasForeignKey(s => s.ImageId).OnDelete(DeleteBehavior.Cascade);
    }
}
