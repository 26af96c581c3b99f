using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>One durable piece of work: analyse a repository's latest image, or one manifest.</summary>
public sealed class AnalysisJob
{
    public long Id { get; set; }
    public long RepositoryId { get; set; }
    public Repository? Repository { get; set; }

    /// <summary>Manifest digest; null asks for the repository's latest image.</summary>
    public string? Digest { get; set; }

    /// <summary>Tag that the event or reconcile named, if any.</summary>
    public string? Tag { get; set; }
    public JobReason Reason { get; set; }
    public JobState State { get; set; }

    /// <summary>Attempts begun.</summary>
    public int Attempts { get; set; }

    /// <summary>Not to be begun before, UTC.</summary>
    public DateTime NotBefore { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime? StartedAt { get; set; }
    public DateTime? FinishedAt { get; set; }

    /// <summary>Why the last attempt failed: one sentence for a person.</summary>
    public string? Failure { get; set; }

    /// <summary><c>repository/digest</c> while queued or running, null afterwards: what makes a job unique.</summary>
    public string? ActiveKey { get; set; }
}

/// <summary>What asked for the job.</summary>
public enum JobReason { Enabled, Push, Reconcile, Manual }

/// <summary>The states of a job.</summary>
public enum JobState { Queued, Running, Succeeded, Failed, Cancelled }

internal sealed class AnalysisJobMapping : IEntityTypeConfiguration<AnalysisJob>
{
    public void Configure(EntityTypeBuilder<AnalysisJob> builder)
    {
        builder.Property(j => j.Reason).HasConversion<string>();
        builder.Property(j => j.State).HasConversion<string>();
        builder.HasIndex(j => j.ActiveKey).IsUnique();
        builder.HasIndex(j => new { j.State, j.NotBefore });
        builder.HasIndex(j => new { j.RepositoryId, j.CreatedAt });
        builder.HasOne(j => j.Repository).WithMany().HasForeignKey(j => j.RepositoryId).OnDelete(DeleteBehavior.Cascade);
    }
}
