using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>
/// That a vulnerability is accepted, or is none here, in some packages of some images, and who said so, why and until when. Rows stay when it is over. It holds names
/// instead of pointing at rows that may go: who made it may be no member any more, and a registry may be removed and added again.
/// </summary>
public sealed class ExceptionRule
{
    public long Id { get; set; }
    public int OrganizationId { get; set; }

    /// <summary>The vulnerability, by the CVE or by another id of an advisory; that of a notice on several is a name of none of them.</summary>
    public required string VulnerabilityId { get; set; }

    /// <summary>Its further names, read with every exception.</summary>
    public List<ExceptionName> OtherNames { get; } = [];
    public ExceptionType Type { get; set; }

    /// <summary>Why it is none; only of a false positive.</summary>
    public VexJustification? Justification { get; set; }

    /// <summary>What a person wrote: why, by whom it was decided, what is done meanwhile.</summary>
    public required string Details { get; set; }

    /// <summary>Login server of <see cref="Repository"/>; null as that one.</summary>
    public string? Registry { get; set; }

    /// <summary>Only images of this repository; null for all of the organization.</summary>
    public string? Repository { get; set; }

    /// <summary>Only this image of the repository, by its manifest's digest; null for all of them.</summary>
    public string? Digest { get; set; }

    /// <summary>Only this package, as a package URL without version, qualifiers and subpath: in whatever version; null for any.</summary>
    public string? Package { get; set; }

    /// <summary>From this instant on it applies no more, UTC; null where it does not expire.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>When images were told that it expired; null before, so that what a stopped process missed is made up for.</summary>
    public DateTime? LapsedAt { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>Name of the member who made it.</summary>
    public required string CreatedBy { get; set; }
    public DateTime? ChangedAt { get; set; }

    /// <summary>Name of the member who changed it last.</summary>
    public string? ChangedBy { get; set; }

    /// <summary>When a member ended it; null where nobody did.</summary>
    public DateTime? EndedAt { get; set; }
    public string? EndedBy { get; set; }

    /// <summary>Every name by which findings may tell of the vulnerability.</summary>
    public IReadOnlyCollection<string> Names => [VulnerabilityId, .. OtherNames.Select(n => n.Name)];

    /// <summary>How wide it is.</summary>
    public ExceptionScope Scope => Digest is not null ? ExceptionScope.Image : Repository is not null ? ExceptionScope.Repository : ExceptionScope.Organization;
}

/// <summary>What is said of the vulnerability, in Docker Scout's words. AcceptedRisk: it is there and is lived with. FalsePositive: it does no harm here.</summary>
public enum ExceptionType { AcceptedRisk, FalsePositive }

/// <summary>Where an exception applies, the widest last.</summary>
public enum ExceptionScope { Image, Repository, Organization }

/// <summary>Why a vulnerability does no harm (OpenVEX 0.2.0, status justifications).</summary>
public enum VexJustification { ComponentNotPresent, VulnerableCodeNotPresent, VulnerableCodeNotInExecutePath, VulnerableCodeCannotBeControlledByAdversary, InlineMitigationsAlreadyExist }

internal sealed class ExceptionRuleMapping : IEntityTypeConfiguration<ExceptionRule>
{
    public void Configure(EntityTypeBuilder<ExceptionRule> builder)
    {
        builder.ToTable("Exceptions");
        builder.Property(e => e.Type).HasConversion<string>();
        builder.Property(e => e.Justification).HasConversion<string>();
        builder.Ignore(e => e.Scope).Ignore(e => e.Names);
        builder.HasMany(e => e.OtherNames).WithOne().HasForeignKey(n => n.ExceptionId).OnDelete(DeleteBehavior.Cascade);
        builder.Navigation(e => e.OtherNames).AutoInclude();
        builder.HasIndex(e => new { e.OrganizationId, e.VulnerabilityId });
        // Those whose end is still to come.
        builder.HasIndex(e => e.ExpiresAt).HasFilter("\"ExpiresAt\" IS NOT NULL AND \"LapsedAt\" IS NULL AND \"EndedAt\" IS NULL");
        builder.HasOne<Organization>().WithMany().HasForeignKey(e => e.OrganizationId);
    }
}
