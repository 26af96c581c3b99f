using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>That a person lets the dashboard act in Azure with their rights, from the one session in which they said so: whatever ends the session takes it along.</summary>
public sealed class AzureConsent
{
    public required string SessionId { get; set; }
    public AccountSession? Session { get; set; }

    /// <summary>Token for Azure's Resource Manager, protected for this session.</summary>
    public required string ProtectedToken { get; set; }

    /// <summary>As whom, as the issuer calls them.</summary>
    public required string Name { get; set; }
    public DateTime GivenAt { get; set; }

    /// <summary>When it ends by itself; not after the token does.</summary>
    public DateTime EndsAt { get; set; }
}

internal sealed class AzureConsentMapping : IEntityTypeConfiguration<AzureConsent>
{
    public void Configure(EntityTypeBuilder<AzureConsent> builder)
    {
        builder.HasKey(c => c.SessionId);
        builder.HasOne(c => c.Session).WithOne().HasForeignKey<AzureConsent>(c => c.SessionId).OnDelete(DeleteBehavior.Cascade);
    }
}
