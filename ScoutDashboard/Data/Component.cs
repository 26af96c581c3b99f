using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>One package in one version, as advisories see it: the thing that is matched, shared by all images that have it.</summary>
public sealed class Component
{
    public long Id { get; set; }

    /// <summary>Package URL in canonical form; unique.</summary>
    public required string Purl { get; set; }

    /// <summary>purl type: deb, apk, npm, nuget, pypi …</summary>
    public required string Type { get; set; }

    /// <summary>OSV ecosystem with release, e.g. <c>Debian:12</c>; "" where unknown: then nothing can be matched.</summary>
    public required string Ecosystem { get; set; }

    /// <summary>The part of the ecosystem before the colon.</summary>
    public required string EcosystemBase { get; set; }

    /// <summary>Name as installed.</summary>
    public required string Name { get; set; }

    /// <summary>Version as installed.</summary>
    public required string Version { get; set; }

    /// <summary>Name that advisories use: source package for distributions, normalised spelling for PyPI and NuGet, <c>:artifact</c> for Maven without group.</summary>
    public required string AdvisoryName { get; set; }

    /// <summary>For a Maven artifact without group, the Java package that its classes lie in, where they tell.</summary>
    public string? GroupHint { get; set; }

    /// <summary>The distribution's package that brought it; with <see cref="AdvisoryName"/> "" that package's findings speak for it.</summary>
    public string? Owner { get; set; }

    /// <summary>The shared framework of .NET whose assemblies are loaded instead of its own, as <see cref="Images.FrameworkStandIn"/> writes it.</summary>
    public string? StandIn { get; set; }

    /// <summary>Module and stream of an rpm package, <c>nodejs:18</c>; null where it is of none, or that is not told.</summary>
    public string? Stream { get; set; }

    /// <summary>Version that advisories compare: the source version for Debian and Ubuntu.</summary>
    public required string AdvisoryVersion { get; set; }

    /// <summary>Whether advisories changed, or none were asked, since the last match: see <see cref="MatchMarks"/>.</summary>
    public bool NeedsMatch { get; set; } = true;
    public DateTime? MatchedAt { get; set; }

    /// <summary>When it was last matched while there was advisory data for its ecosystem. Null before: what is found first is no change.</summary>
    public DateTime? JudgedAt { get; set; }
}

internal sealed class ComponentMapping : IEntityTypeConfiguration<Component>
{
    public void Configure(EntityTypeBuilder<Component> builder)
    {
        builder.HasIndex(c => c.Purl).IsUnique();
        builder.HasIndex(c => new { c.EcosystemBase, c.AdvisoryName });
        builder.HasIndex(c => c.Name);
        // Of few, in the order in which they are matched.
        builder.HasIndex([nameof(Component.EcosystemBase), nameof(Component.AdvisoryName)], "IX_Components_Pending").HasFilter("\"NeedsMatch\"");
    }
}
