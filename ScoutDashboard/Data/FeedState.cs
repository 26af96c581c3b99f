using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>How the advisories of one ecosystem stand.</summary>
public sealed class FeedState
{
    /// <summary>Base ecosystem, e.g. <c>Debian</c>.</summary>
    public required string Ecosystem { get; set; }
    public FeedStatus Status { get; set; }

    /// <summary>URL or directory that it was read from.</summary>
    public string Source { get; set; } = "";
    public int Records { get; set; }

    /// <summary>Records of the last import that could not be read.</summary>
    public int Rejected { get; set; }
    public DateTime? NewestModified { get; set; }
    public DateTime? LastAttemptAt { get; set; }
    public DateTime? LastSuccessAt { get; set; }
    public DateTime? NextRunAt { get; set; }
    public string? LastError { get; set; }

    /// <summary>Entity tag of the last archive that was imported whole.</summary>
    public string? ETag { get; set; }
}

/// <summary>The states of a feed. Failing: the last attempt failed; older data, if any, stays in use.</summary>
public enum FeedStatus { Waiting, Loading, Ready, Failing }

internal sealed class FeedStateMapping : IEntityTypeConfiguration<FeedState>
{
    public void Configure(EntityTypeBuilder<FeedState> builder)
    {
        builder.HasKey(f => f.Ecosystem);
        builder.Property(f => f.Status).HasConversion<string>();
    }
}
