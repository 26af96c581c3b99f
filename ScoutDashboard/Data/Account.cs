using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>A person who signs in with a name and a password.</summary>
public sealed class Account : IdentityUser
{
    public int OrganizationId { get; set; }
    public Organization? Organization { get; set; }
    public MemberRole Role { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime? LastSignInAt { get; set; }
}

internal sealed class AccountMapping : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.Property(a => a.Role).HasConversion<string>();
        builder.HasOne(a => a.Organization).WithMany().HasForeignKey(a => a.OrganizationId);
    }
}
