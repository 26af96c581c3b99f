using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>An Azure resource that a removed integration left behind, until a person says, or Azure shows, that it is gone.</summary>
public sealed class CleanupTask
{
    public long Id { get; set; }
    public int OrganizationId { get; set; }
    public long IntegrationId { get; set; }
    public required string Hostname { get; set; }
    public CleanupKind Kind { get; set; }

    /// <summary>Name of the Azure resource, e.g. <c>docker-scout-readonly-token</c>; of an event subscription <c>topic/subscription</c>.</summary>
    public required string ResourceName { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime? DoneAt { get; set; }

    /// <summary>Why the dashboard did not delete it, where it tried, or what is not sure: one sentence for a person.</summary>
    public string? Reason { get; set; }

    /// <summary>What to do about that.</summary>
    public string? Remedy { get; set; }
}

/// <summary>The kinds of leftovers.</summary>
public enum CleanupKind { RegistryToken, SystemTopic, EventSubscription }

internal sealed class CleanupTaskMapping : IEntityTypeConfiguration<CleanupTask>
{
    public void Configure(EntityTypeBuilder<CleanupTask> builder)
    {
        builder.Property(t => t.Kind).HasConversion<string>();
        builder.HasIndex(t => new { t.OrganizationId, t.DoneAt });
        builder.HasOne<Integration>().WithMany().HasForeignKey(t => t.IntegrationId);
    }
}
