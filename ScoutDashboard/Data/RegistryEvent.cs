using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>An event that Event Grid delivered, stored before it is answered.</summary>
public sealed class RegistryEvent
{
    public long Id { get; set; }
    public long IntegrationId { get; set; }

    /// <summary>The sender's id, or a hash of the event where it has none.</summary>
    public required string EventId { get; set; }
    public RegistryEventKind Kind { get; set; }
    public string? Repository { get; set; }
    public string? Tag { get; set; }
    public string? Digest { get; set; }
    public DateTime? OccurredAt { get; set; }
    public DateTime ReceivedAt { get; set; }

    /// <summary>What became of it, for a person: "Analysis queued", "Repository not enabled" …</summary>
    public required string Outcome { get; set; }
}

/// <summary>The kinds of events that are understood.</summary>
public enum RegistryEventKind { ImagePushed, ImageDeleted, SubscriptionDeleted, Other }

internal sealed class RegistryEventMapping : IEntityTypeConfiguration<RegistryEvent>
{
    public void Configure(EntityTypeBuilder<RegistryEvent> builder)
    {
        builder.Property(e => e.Kind).HasConversion<string>();
        builder.HasIndex(e => new { e.IntegrationId, e.EventId }).IsUnique();
        builder.HasIndex(e => new { e.IntegrationId, e.ReceivedAt });
        builder.HasIndex(e => new { e.IntegrationId, e.Digest });
        builder.HasOne<Integration>().WithMany().HasForeignKey(e => e.IntegrationId).OnDelete(DeleteBehavior.Cascade);
    }
}
