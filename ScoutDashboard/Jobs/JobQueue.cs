using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Jobs;

/// <summary>Durable analysis jobs, one at a time for each manifest.</summary>
public sealed class JobQueue(IDbContextFactory<ScoutDb> databases, JobFeed feed, TimeProvider clock)
{
    // A safety net only: jobs come with a signal, and retries with their time.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>
    /// Adds a job to this unit of work; the caller saves. Nothing is added where the same manifest is queued or running already. Call <see cref="Wake"/> after the save.
    /// </summary>
    /// <returns>Whether a job was added.</returns>
    public async Task<bool> AddAsync(ScoutDb db, long repositoryId, Digest? digest, string? tag, JobReason reason, CancellationToken cancellationToken)
    {
        var key = KeyOf(repositoryId, digest);
        if (db.Jobs.Local.Any(j => j.ActiveKey == key) || await db.Jobs.AnyAsync(j => j.ActiveKey == key, cancellationToken))
        {
            return false;
        }

        db.Jobs.Add(NewJob(repositoryId, digest, tag, reason));
        return true;
    }

    /// <summary>Adds, for each of these repositories, a job for its latest image, as <see cref="AddAsync"/> does for one.</summary>
    public async Task AddLatestAsync(ScoutDb db, IReadOnlyCollection<long> repositoryIds, JobReason reason, CancellationToken cancellationToken)
    {
        var keys = repositoryIds.Select(id => KeyOf(id, digest: null)).ToList();
        var active = await db.Jobs.Where(j => keys.Contains(j.ActiveKey!)).Select(j => j.RepositoryId).ToListAsync(cancellationToken);
        db.Jobs.AddRange(repositoryIds.Except(active).Select(id => NewJob(id, digest: null, tag: null, reason)));
    }

    /// <summary>Adds a job and saves it.</summary>
    public async Task<bool> EnqueueAsync(long repositoryId, Digest? digest, string? tag, JobReason reason, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (!await AddAsync(db, repositoryId, digest, tag, reason, cancellationToken))
        {
            return false;
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (db.IsDuplicate(exception))
        {
            return false;
        }

        Wake();
        return true;
    }

    /// <summary>Queues the work of a failed or cancelled job once more, as a job of its own.</summary>
    public async Task<TryAgainOutcome> TryAgainAsync(Actor actor, long jobId, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Editor, clock, cancellationToken);
        var job = await change.Db.Jobs
            .Where(j => j.Id == jobId && j.Repository!.Integration!.OrganizationId == actor.OrganizationId && (j.State == JobState.Failed || j.State == JobState.Cancelled))
            .Select(j => new { j.RepositoryId, j.Digest, j.Tag, j.Repository!.Enabled, j.Repository.Name, j.Repository.Integration!.Hostname })
            .SingleOrDefaultAsync(cancellationToken);
        if (job is null)
        {
            return TryAgainOutcome.NotFailed;
        }

        if (!job.Enabled)
        {
            return TryAgainOutcome.RepositoryDisabled;
        }

        Digest? digest = Digest.TryParse(job.Digest, out var parsed) ? parsed : null;
        if (!await AddAsync(change.Db, job.RepositoryId, digest, job.Tag, JobReason.Manual, cancellationToken))
        {
            return TryAgainOutcome.AlreadyQueued;
        }

        change.Note(AuditAction.AnalysisRequested, $"{job.Hostname}/{job.Name}", job.Tag ?? job.Digest ?? "");
        await change.CommitAsync(cancellationToken);
        Wake();
        return TryAgainOutcome.Queued;
    }

    /// <summary>Tells the worker that there may be something to do, and open pages that the queue changed.</summary>
    public void Wake()
    {
        Signal();
        feed.PublishQueue();
    }

    internal AnalysisJob NewJob(long repositoryId, Digest? digest, string? tag, JobReason reason)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return new AnalysisJob
        {
            RepositoryId = repositoryId, Digest = digest?.Value, Tag = tag, Reason = reason, State = JobState.Queued,
            CreatedAt = now, NotBefore = now, ActiveKey = KeyOf(repositoryId, digest),
        };
    }

    /// <summary>What makes a job unique while it is queued or running.</summary>
    internal static string KeyOf(long repositoryId, Digest? digest) => $"{repositoryId}/{digest?.Value ?? "latest"}";

    internal void Signal() => _signal.Writer.TryWrite(true);

    /// <summary>Waits for a signal, or until the next job is due.</summary>
    internal async Task WaitAsync(DateTime? due, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var wait = due is null || due - now > LongestWait ? LongestWait : due > now ? due.Value - now : TimeSpan.Zero;
        await using var timer = clock.CreateTimer(_ => Signal(), null, wait, Timeout.InfiniteTimeSpan);
        if (due <= clock.GetUtcNow().UtcDateTime)
        {
            Signal();
        }

        await _signal.Reader.ReadAsync(cancellationToken);
    }
}

/// <summary>What became of a wish to try a job again.</summary>
public enum TryAgainOutcome { Queued, AlreadyQueued, RepositoryDisabled, NotFailed }
