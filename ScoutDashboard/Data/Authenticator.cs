using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>The app on a person's phone that makes the codes of their second step; it counts once a code has confirmed it.</summary>
public sealed class Authenticator
{
    public required string AccountId { get; set; }
    public Account? Account { get; set; }

    /// <summary>The shared key, closed by data protection.</summary>
    public required byte[] ProtectedKey { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>Null while it is being set up.</summary>
    public DateTime? ConfirmedAt { get; set; }

    /// <summary>The step of time whose code was used last: neither it nor an older one counts again.</summary>
    public long LastStep { get; set; }

    /// <summary>Wrong codes since the last right one.</summary>
    public int WrongCodes { get; set; }
}

internal sealed class AuthenticatorMapping : IEntityTypeConfiguration<Authenticator>
{
    public void Configure(EntityTypeBuilder<Authenticator> builder)
    {
        builder.HasKey(a => a.AccountId);
        builder.HasOne(a => a.Account).WithOne().HasForeignKey<Authenticator>(a => a.AccountId).OnDelete(DeleteBehavior.Cascade);
    }
}
