using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Jobs;

/// <summary>Durable analysis jobs, one at a time for each manifest.</summary>
public sealed class JobQueue
{
    /// <summary>
    /// Adds a job to this unit of work; the caller saves. Nothing is added where the same manifest is queued or running already. Call <see cref="Wake"/> after the save.
    /// </summary>
    /// <returns>Whether a job was added.</returns>
    public Task<bool> AddAsync(ScoutDb db, long repositoryId, Digest? digest, string? tag, JobReason reason, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Adds a job and saves it.</summary>
    public Task<bool> EnqueueAsync(long repositoryId, Digest? digest, string? tag, JobReason reason, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Tells the worker that there may be something to do.</summary>
    public void Wake() => throw new NotImplementedException();
}
