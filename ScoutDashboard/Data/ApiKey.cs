using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>A key by which a program reads; the row goes when it is revoked.</summary>
public sealed class ApiKey
{
    public long Id { get; set; }
    public int OrganizationId { get; set; }
    public required string Name { get; set; }

    /// <summary>SHA-256 of the whole key.</summary>
    public required byte[] KeyHash { get; set; }

    /// <summary>How the key begins, by which people tell which it is.</summary>
    public required string Start { get; set; }
    public ApiScopes Scopes { get; set; }

    /// <summary>Name of the administrator who made it.</summary>
    public required string CreatedBy { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }

    /// <summary>To a minute.</summary>
    public DateTime? LastUsedAt { get; set; }

    /// <summary>IP address of the last use.</summary>
    public string? LastUsedFrom { get; set; }
}

internal sealed class ApiKeyMapping : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.Property(k => k.Scopes).HasConversion<string>();
        builder.HasIndex(k => k.KeyHash).IsUnique();
        builder.HasOne<Organization>().WithMany().HasForeignKey(k => k.OrganizationId);
    }
}
