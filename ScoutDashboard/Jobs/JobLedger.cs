using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Jobs;

/// <summary>The moves of a job from state to state; each is one conditional update, so two workers never make the same.</summary>
public sealed class JobLedger(IDbContextFactory<ScoutDb> databases, JobOptions options, TimeProvider clock)
{
    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Takes the job that is due longest, or null where none is due.</summary>
    public async Task<ClaimedJob?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        while (true)
        {
            var now = Now;
            // Later than any wait lasts is what a clock wrote that was wrong and has been set back since.
            var latest = now + RetryPolicy.LongestWait;
            var job = await db.Jobs
                .Where(j => j.State == JobState.Queued && (j.NotBefore <= now || j.NotBefore > latest))
                .OrderBy(j => j.NotBefore).ThenBy(j => j.Id)
                .Select(j => new ClaimedJob(j.Id, j.RepositoryId, j.Repository!.Name, j.Repository.IntegrationId, j.Digest, j.Tag, j.Reason, j.CreatedAt, j.Attempts + 1))
                .FirstOrDefaultAsync(cancellationToken);
            if (job is null)
            {
                return null;
            }

            var claimed = await db.Jobs
                .Where(j => j.Id == job.Id && j.State == JobState.Queued && j.Attempts == job.Attempt - 1)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(j => j.State, JobState.Running).SetProperty(j => j.StartedAt, now).SetProperty(j => j.Attempts, job.Attempt), cancellationToken);
            if (claimed == 1)
            {
                return job;
            }
        }
    }

    /// <summary>When the next queued job is due, or null where none is queued.</summary>
    public async Task<DateTime?> NextDueAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Jobs.Where(j => j.State == JobState.Queued).MinAsync(j => (DateTime?)j.NotBefore, cancellationToken);
    }

    /// <summary>Gives the jobs of a process that was killed back to the queue. The attempt counts: an image that kills the process must not do so for ever.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = Now;
        var running = db.Jobs.Where(j => j.State == JobState.Running);
        var spent = running.Where(j => j.Attempts >= options.MaxAttempts);
        var reason = $"The dashboard stopped during each of {options.MaxAttempts} attempts.";
        await FailImagesAsync(db, spent, reason, cancellationToken);
        await spent.ExecuteUpdateAsync(
            set => set.SetProperty(j => j.State, JobState.Failed).SetProperty(j => j.FinishedAt, now).SetProperty(j => j.ActiveKey, (string?)null)
                .SetProperty(j => j.Failure, reason), cancellationToken);
        await running.ExecuteUpdateAsync(set => set.SetProperty(j => j.State, JobState.Queued).SetProperty(j => j.NotBefore, now), cancellationToken);
    }

    /// <summary>Writes down which manifest the repository's latest is.</summary>
    /// <returns>False where another job has that manifest already.</returns>
    public async Task<bool> ResolveAsync(ClaimedJob job, Digest digest, string tag, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var row = await db.Jobs.SingleAsync(j => j.Id == job.Id, cancellationToken);
        (row.Digest, row.Tag, row.ActiveKey) = (digest.Value, tag, JobQueue.KeyOf(job.RepositoryId, digest));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException exception) when (db.IsDuplicate(exception))
        {
            return false;
        }
    }

    /// <summary>Ends an attempt: for good, or until <see cref="JobResult.RetryAfter"/> has passed.</summary>
    public async Task FinishAsync(ClaimedJob job, JobResult result, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var now = Now;
        var running = db.Jobs.Where(j => j.Id == job.Id && j.State == JobState.Running);
        if (result.State == JobState.Queued)
        {
            var notBefore = now + (result.RetryAfter ?? TimeSpan.Zero);
            await running.ExecuteUpdateAsync(
                set => set.SetProperty(j => j.State, JobState.Queued).SetProperty(j => j.NotBefore, notBefore).SetProperty(j => j.Failure, result.Reason), cancellationToken);
            return;
        }

        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        if (result.State == JobState.Failed)
        {
            await FailImagesAsync(db, running, result.Reason, cancellationToken);
        }

        await running.ExecuteUpdateAsync(
            set => set.SetProperty(j => j.State, result.State).SetProperty(j => j.FinishedAt, now).SetProperty(j => j.Failure, result.Reason)
                .SetProperty(j => j.ActiveKey, (string?)null), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Gives a job back that was begun but not tried to the end; the attempt doesn't count.</summary>
    public async Task ReleaseAsync(ClaimedJob job, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await db.Jobs.Where(j => j.Id == job.Id && j.State == JobState.Running).ExecuteUpdateAsync(
            set => set.SetProperty(j => j.State, JobState.Queued).SetProperty(j => j.Attempts, job.Attempt - 1), cancellationToken);
    }

    // Nothing will look at these images again by itself: waiting would be a promise that nobody keeps.
    private static async Task FailImagesAsync(ScoutDb db, IQueryable<AnalysisJob> jobs, string? reason, CancellationToken cancellationToken)
    {
        var images = db.Images.Where(i => jobs.Any(j => j.RepositoryId == i.RepositoryId
            && (j.Digest == i.Digest || db.IndexEntries.Any(e => e.ImageId == i.Id && db.Images.Any(index => index.Id == e.IndexId && index.Digest == j.Digest)))));
        await images.Where(i => i.State == ImageState.Pending || i.State == ImageState.Analysing).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.State, ImageState.Failed).SetProperty(i => i.StateReason, reason), cancellationToken);
    }
}

/// <summary>A job that this process has taken.</summary>
/// <param name="Digest">Manifest digest, or null for the repository's latest.</param>
/// <param name="Attempt">This attempt, from 1.</param>
public sealed record ClaimedJob(
    long Id, long RepositoryId, string Repository, long IntegrationId, string? Digest, string? Tag, JobReason Reason, DateTime CreatedAt, int Attempt);

/// <summary>How an attempt ended: Succeeded, Failed or Cancelled, or Queued for another try.</summary>
public sealed record JobResult(JobState State, string? Reason = null, TimeSpan? RetryAfter = null)
{
    public static readonly JobResult Succeeded = new(JobState.Succeeded);

    public static JobResult Cancelled(string reason) => new(JobState.Cancelled, reason);
}
