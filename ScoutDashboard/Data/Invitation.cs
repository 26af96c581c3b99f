using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>A link that makes one account; the row goes when it is used or taken back.</summary>
public sealed class Invitation
{
    public long Id { get; set; }
    public int OrganizationId { get; set; }
    public Organization? Organization { get; set; }

    /// <summary>SHA-256 of the link's token.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>The role that the new account gets.</summary>
    public MemberRole Role { get; set; }

    /// <summary>For whom it is, as a note of the administrator's.</summary>
    public required string Note { get; set; }

    /// <summary>Name of the administrator who made it.</summary>
    public required string InvitedBy { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
}

internal sealed class InvitationMapping : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> builder)
    {
        builder.Property(i => i.Role).HasConversion<string>();
        builder.HasIndex(i => i.TokenHash).IsUnique();
        builder.HasOne(i => i.Organization).WithMany().HasForeignKey(i => i.OrganizationId);
    }
}
