using ScoutDashboard.Data;

namespace ScoutDashboard.Jobs;

/// <summary>Tells open pages live how jobs go; keeps the newest progress of each running job.</summary>
public sealed class JobFeed
{
    /// <summary>Jobs that run now, oldest first.</summary>
    public IReadOnlyList<JobProgress> Running => throw new NotImplementedException();

    /// <summary>Calls back on every change of any job, at most about 10 times a second for progress, until disposed.</summary>
    public IDisposable Subscribe(Action<JobProgress> changed) => throw new NotImplementedException();

    public void Publish(JobProgress progress) => throw new NotImplementedException();
}

/// <summary>The state of one job, for a page. Fraction is 0 to 1, or null where not yet known.</summary>
public sealed record JobProgress(long JobId, long RepositoryId, string Repository, JobState State, string Step, double? Fraction);
