using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Jobs;

/// <summary>Reads jobs for their page: running first, then queued, then the newest that ended.</summary>
public sealed class JobList(IDbContextFactory<ScoutDb> databases, JobOptions options)
{
    /// <summary>Attempts that a job may take.</summary>
    public int MaxAttempts => options.MaxAttempts;

    /// <param name="state">Null for all.</param>
    /// <param name="search">Part of a repository's name.</param>
    /// <param name="page">From 0.</param>
    public async Task<JobPage> ListAsync(int organizationId, JobState? state, string? search, int page, int pageSize, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var jobs = db.Jobs.Where(j => j.Repository!.Integration!.OrganizationId == organizationId);
        var text = search?.Trim().ToLowerInvariant();
        jobs = string.IsNullOrEmpty(text) ? jobs : jobs.Where(j => j.Repository!.Name.Contains(text));
        var counts = await jobs.GroupBy(j => j.State).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var rows = await (state is null ? jobs : jobs.Where(j => j.State == state))
            .OrderBy(j => j.State == JobState.Running ? 0 : j.State == JobState.Queued ? 1 : 2)
            .ThenByDescending(j => j.FinishedAt ?? j.CreatedAt).ThenByDescending(j => j.Id)
            .Skip(page * pageSize).Take(pageSize)
            .Select(j => new JobRow(
                j.Id, j.RepositoryId, j.Repository!.Name, j.Repository.Integration!.Hostname, j.Digest, j.Tag, j.Reason, j.State, j.Attempts, j.NotBefore, j.CreatedAt, j.StartedAt,
                j.FinishedAt, j.Failure, db.Images.Where(i => i.RepositoryId == j.RepositoryId && i.Digest == j.Digest).Select(i => (long?)i.Id).FirstOrDefault()))
            .ToListAsync(cancellationToken);
        return new JobPage(rows, counts);
    }
}

/// <summary>One page of jobs, and how many there are in each state.</summary>
public sealed record JobPage(IReadOnlyList<JobRow> Rows, IReadOnlyDictionary<JobState, int> Counts)
{
    public int Total(JobState? state) => state is { } one ? Counts.GetValueOrDefault(one) : Counts.Values.Sum();
}

/// <param name="ImageId">The image that it analyses, where its row exists.</param>
public sealed record JobRow(
    long Id, long RepositoryId, string Repository, string Hostname, string? Digest, string? Tag, JobReason Reason, JobState State, int Attempts, DateTime NotBefore,
    DateTime CreatedAt, DateTime? StartedAt, DateTime? FinishedAt, string? Failure, long? ImageId);
