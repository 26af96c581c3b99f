using ScoutDashboard.Data;

namespace ScoutDashboard.Jobs;

/// <summary>What is known of the repositories, manifests, tags and jobs that some changes are about, and what the changes make of it. Pure.</summary>
internal sealed class RegistryState(JobQueue queue)
{
    private readonly Dictionary<long, RepositoryState> _repositories = [];
    private readonly Dictionary<string, ActiveJob> _active = new(StringComparer.Ordinal);
    private readonly List<AnalysisJob> _newJobs = [];
    private readonly List<CancelledJob> _cancelled = [];

    public IReadOnlyCollection<RepositoryState> Repositories => _repositories.Values;

    /// <summary>Jobs to add, in the order in which they were asked for; some were cancelled since.</summary>
    public IReadOnlyList<AnalysisJob> NewJobs => _newJobs;

    /// <summary>Jobs that were queued before.</summary>
    public IReadOnlyList<CancelledJob> Cancelled => _cancelled;

    public void Add(RepositoryState repository) => _repositories.Add(repository.Id, repository);

    /// <param name="key"><see cref="AnalysisJob.ActiveKey"/>.</param>
    public void AddActive(string key, long jobId, JobState job) => _active.Add(key, new ActiveJob(jobId, job, null));

    public RepositoryState Repository(long id) => _repositories[id];

    public ChangeOutcome Apply(RegistryChange change) => change switch
    {
        Push push => Apply(_repositories[push.RepositoryId], push),
        Deletion deletion => Apply(_repositories[deletion.RepositoryId], deletion),
        TagMove move => Apply(_repositories[move.RepositoryId], move),
        _ => throw new NotSupportedException($"{change.GetType().Name} is no change that is known."),
    };

    private ChangeOutcome Apply(RepositoryState repository, Push push)
    {
        repository.NotePush(push);
        if (!repository.IsEnabled)
        {
            return ChangeOutcome.RepositoryDisabled;
        }

        if (push.Digest is not { } digest)
        {
            return Queue(push);
        }

        var manifest = repository.Manifest(digest.Value);
        if (manifest.DeletedAt > push.At || manifest.DeletionToldAt > push.At)
        {
            return ChangeOutcome.DeletedSince;
        }

        manifest.Revive();
        if (push.Tag is not null)
        {
            repository.Move(push.Tag, digest.Value, push.At);
        }

        repository.IsLatestDue = true;
        return manifest.IsAnalysed ? ChangeOutcome.AlreadyAnalysed : Queue(push);
    }

    private ChangeOutcome Apply(RepositoryState repository, Deletion deletion)
    {
        var (digest, at) = (deletion.Digest.Value, deletion.At);
        var manifest = repository.Manifest(digest);
        manifest.NoteDeletion(at);
        if (repository.TagsOf(digest).Any(tag => tag.PushedAt > at) || manifest.PushedAt > at || manifest.PushToldAt > at)
        {
            return ChangeOutcome.PushedSince;
        }

        manifest.Delete(at);
        repository.RemoveTagsOf(digest);
        Cancel(JobQueue.KeyOf(repository.Id, deletion.Digest), at);
        repository.IsLatestDue = true;
        return ChangeOutcome.Deleted;
    }

    private static ChangeOutcome Apply(RepositoryState repository, TagMove move)
    {
        repository.Move(move.Tag, move.Digest.Value, move.At);
        return ChangeOutcome.Moved;
    }

    private ChangeOutcome Queue(Push push)
    {
        var job = queue.NewJob(push.RepositoryId, push.Digest, push.Tag, push.Reason);
        if (!_active.TryAdd(job.ActiveKey!, new ActiveJob(0, JobState.Queued, job)))
        {
            return ChangeOutcome.AlreadyQueued;
        }

        _newJobs.Add(job);
        return ChangeOutcome.Queued;
    }

    // One that runs is not stopped: it will find out for itself.
    private void Cancel(string key, DateTime at)
    {
        if (!_active.TryGetValue(key, out var active) || active.State != JobState.Queued)
        {
            return;
        }

        _active.Remove(key);
        if (active.New is { } job)
        {
            (job.State, job.ActiveKey, job.FinishedAt, job.Failure) = (JobState.Cancelled, null, at, CancelledJob.Reason);
        }
        else
        {
            _cancelled.Add(new CancelledJob(active.Id, at));
        }
    }

    private sealed record ActiveJob(long Id, JobState State, AnalysisJob? New);
}

/// <summary>A queued job whose image was deleted.</summary>
internal sealed record CancelledJob(long Id, DateTime At)
{
    public const string Reason = "The image was deleted from the registry.";
}
