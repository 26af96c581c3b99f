using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>A passkey (WebAuthn credential) that signs somebody in instead of password and code. It holds no secret: that never leaves the person's device.</summary>
public sealed class Passkey
{
    public long Id { get; set; }
    public required string AccountId { get; set; }
    public Account? Account { get; set; }

    /// <summary>The device's number for it.</summary>
    public required byte[] CredentialId { get; set; }

    /// <summary>As COSE_Key (RFC 9052).</summary>
    public required byte[] PublicKey { get; set; }

    /// <summary>What its owner calls it.</summary>
    public required string Name { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime? LastUsedAt { get; set; }

    /// <summary>How often it signed, as it says; always 0 for those that are copied between devices.</summary>
    public long SignCount { get; set; }

    /// <summary>Ways to the device, parted by commas, e.g. <c>internal,hybrid</c>.</summary>
    public required string Transports { get; set; }
    public bool IsBackupEligible { get; set; }
    public bool IsBackedUp { get; set; }
}

internal sealed class PasskeyMapping : IEntityTypeConfiguration<Passkey>
{
    public void Configure(EntityTypeBuilder<Passkey> builder)
    {
        builder.HasIndex(p => p.CredentialId).IsUnique();
        builder.HasOne(p => p.Account).WithMany().HasForeignKey(p => p.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
