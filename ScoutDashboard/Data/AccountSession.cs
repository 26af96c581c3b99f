using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>One browser that is signed in; the cookie names it, and without the row the cookie is worth nothing.</summary>
public sealed class AccountSession
{
    /// <summary>How long a session lives without a request.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(14);

    /// <summary>Random; not a secret by itself, for the cookie that carries it is encrypted.</summary>
    public required string Id { get; set; }
    public required string AccountId { get; set; }
    public Account? Account { get; set; }

    /// <summary>What the browser calls itself (User-Agent), made harmless and cut.</summary>
    public required string Browser { get; set; }

    /// <summary>IP address of its last request.</summary>
    public required string Address { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>Its last request, to some minutes.</summary>
    public DateTime LastSeenAt { get; set; }

    /// <summary>When it ends, used or not; null where it lasts as long as it is used.</summary>
    public DateTime? EndsAt { get; set; }
}

internal sealed class AccountSessionMapping : IEntityTypeConfiguration<AccountSession>
{
    public void Configure(EntityTypeBuilder<AccountSession> builder) =>
        builder.HasOne(s => s.Account).WithMany().HasForeignKey(s => s.AccountId).OnDelete(DeleteBehavior.Cascade);
}
