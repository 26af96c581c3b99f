using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>How one feed stands.</summary>
public sealed class FeedState
{
    /// <summary>The feed's stable name: an ecosystem, e.g. <c>Debian</c>, for those of the OSV bucket.</summary>
    public required string Key { get; set; }

    /// <summary>Base ecosystem whose packages can be matched once this was loaded; null for what only adds to other feeds.</summary>
    public string? Covers { get; set; }
    public FeedStatus Status { get; set; }

    /// <summary>URL or directory that it was read from.</summary>
    public string Source { get; set; } = "";

    /// <summary>Records that are stored of it.</summary>
    public int Records { get; set; }

    /// <summary>Records that could not be read.</summary>
    public int Rejected { get; set; }
    public DateTime? NewestModified { get; set; }
    public DateTime? LastAttemptAt { get; set; }
    public DateTime? LastSuccessAt { get; set; }
    public DateTime? NextRunAt { get; set; }
    public string? LastError { get; set; }

    /// <summary>The feed's own note of what was loaded last: entity tag, cursor or both.</summary>
    public string? Position { get; set; }
}

/// <summary>The states of a feed. Failing: the last attempt failed; older data, if any, stays in use.</summary>
public enum FeedStatus { Waiting, Loading, Ready, Failing }

internal sealed class FeedStateMapping : IEntityTypeConfiguration<FeedState>
{
    public void Configure(EntityTypeBuilder<FeedState> builder)
    {
        builder.HasKey(f => f.Key);
        builder.Property(f => f.Status).HasConversion<string>();
    }
}
