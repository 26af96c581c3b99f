using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>A code on paper that stands in once for the app of the second step; the row goes when it is used.</summary>
public sealed class RecoveryCode
{
    public long Id { get; set; }
    public required string AccountId { get; set; }
    public Account? Account { get; set; }

    /// <summary>SHA-256 of account and code, which is 80 random bits.</summary>
    public required byte[] Hash { get; set; }
}

internal sealed class RecoveryCodeMapping : IEntityTypeConfiguration<RecoveryCode>
{
    public void Configure(EntityTypeBuilder<RecoveryCode> builder)
    {
        builder.HasIndex(c => new { c.AccountId, c.Hash }).IsUnique();
        builder.HasOne(c => c.Account).WithMany().HasForeignKey(c => c.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
