using ScoutDashboard.Data;

namespace ScoutDashboard.Jobs;

/// <summary>Tells open pages live how jobs go; keeps the newest progress of each running job.</summary>
public sealed class JobFeed(TimeProvider clock, ILogger<JobFeed> logger)
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly List<RunningJob> _running = [];
    private readonly List<Action<JobProgress>> _subscribers = [];
    private readonly List<Action> _queueSubscribers = [];

    /// <summary>Jobs that run now, oldest first.</summary>
    public IReadOnlyList<JobProgress> Running
    {
        get
        {
            lock (_gate)
            {
                return [.. _running.Select(job => job.Newest)];
            }
        }
    }

    /// <summary>Calls back on every change of any job, at most about 10 times a second for the progress of one, until disposed.</summary>
    public IDisposable Subscribe(Action<JobProgress> changed) => Add(_subscribers, changed);

    /// <summary>Calls back when jobs were queued, cancelled or tried again, until disposed.</summary>
    public IDisposable SubscribeToQueue(Action changed) => Add(_queueSubscribers, changed);

    public void Publish(JobProgress progress)
    {
        RunningJob? job;
        lock (_gate)
        {
            job = _running.Find(job => job.Newest.JobId == progress.JobId);
            if (!Keep(job, progress))
            {
                return;
            }
        }

        // Behind what the timer tells just now: news of a job must not come after its end.
        lock (job?.Telling ?? new Lock())
        {
            Tell(progress);
        }
    }

    /// <summary>Tells that the queue changed in other ways than by a job's own run.</summary>
    public void PublishQueue()
    {
        Action[] subscribers;
        lock (_gate)
        {
            subscribers = [.. _queueSubscribers];
        }

        foreach (var subscriber in subscribers)
        {
            Isolate(subscriber);
        }
    }

    // Whether subscribers hear of it now: a change of state always, progress ten times a second.
    private bool Keep(RunningJob? job, JobProgress progress)
    {
        if (progress.State != JobState.Running)
        {
            if (job is not null)
            {
                job.Later?.Dispose();
                _running.Remove(job);
            }

            return true;
        }

        if (job is null)
        {
            _running.Add(new RunningJob(progress) { ToldAt = clock.GetTimestamp() });
            return true;
        }

        job.Newest = progress;
        if (job.Later is not null)
        {
            return false;
        }

        var wait = ProgressInterval - clock.GetElapsedTime(job.ToldAt);
        if (wait > TimeSpan.Zero)
        {
            // A pull that stalls must not leave an older number on the page.
            job.Later = clock.CreateTimer(_ => TellNewest(job), state: null, wait, Timeout.InfiniteTimeSpan);
            return false;
        }

        job.ToldAt = clock.GetTimestamp();
        return true;
    }

    private void TellNewest(RunningJob job)
    {
        lock (job.Telling)
        {
            lock (_gate)
            {
                job.Later?.Dispose();
                job.Later = null;
                if (!_running.Contains(job))
                {
                    return;
                }

                job.ToldAt = clock.GetTimestamp();
            }

            Tell(job.Newest);
        }
    }

    private void Tell(JobProgress progress)
    {
        Action<JobProgress>[] subscribers;
        lock (_gate)
        {
            subscribers = [.. _subscribers];
        }

        foreach (var subscriber in subscribers)
        {
            Isolate(() => subscriber(progress));
        }
    }

    private Subscription Add<T>(List<T> list, T subscriber)
    {
        lock (_gate)
        {
            list.Add(subscriber);
        }

        return new Subscription(() =>
        {
            lock (_gate)
            {
                list.Remove(subscriber);
            }
        });
    }

    // One page that throws must not stop the job, nor the news for other pages.
    private void Isolate(Action call)
    {
        try
        {
            call();
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "A page that follows jobs threw.");
        }
    }

    private sealed class RunningJob(JobProgress newest)
    {
        /// <summary>Held while subscribers hear of this job.</summary>
        public Lock Telling { get; } = new();

        public JobProgress Newest { get; set; } = newest;

        public long ToldAt { get; set; }

        public ITimer? Later { get; set; }
    }

    private sealed class Subscription(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}

/// <summary>The state of one job, for a page. Fraction is 0 to 1, or null where not yet known; bytes are those of layers that must be pulled, 0 where none.</summary>
public sealed record JobProgress(long JobId, long RepositoryId, string Repository, JobState State, string Step, double? Fraction, long BytesDone = 0, long BytesTotal = 0);
