using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Jobs;

/// <summary>Finds what "the latest image" of a repository is, and writes the tags' baseline on the way.</summary>
public sealed class LatestTag(IDbContextFactory<ScoutDb> databases, RegistryClient registry, TagSync tags, JobLedger ledger, RegistryChanges changes, TimeProvider clock)
{
    /// <returns>Null where the repository has no tags.</returns>
    public async Task<FoundLatest?> FindAsync(RegistryAccess access, ClaimedJob job, CancellationToken cancellationToken)
    {
        await tags.SyncAsync(access, job.RepositoryId, job.Repository, cancellationToken);
        if (await registry.FindLatestTagAsync(access, job.Repository, cancellationToken) is not { } latest)
        {
            return null;
        }

        await MakeNewestAsync(access, job.RepositoryId, latest, cancellationToken);
        return new FoundLatest(latest.Digest, latest.Name, await ledger.ResolveAsync(job, latest.Digest, latest.Name, cancellationToken));
    }

    // Only Azure tells when a tag moved. Elsewhere all tags of the baseline carry the same time, and the latest must stand out.
    private async Task MakeNewestAsync(RegistryAccess access, long repositoryId, RegistryTag latest, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.BeginWriteAsync(cancellationToken);
        var at = latest.UpdatedAt ?? clock.GetUtcNow().UtcDateTime;
        if (!access.Hostname.IsAzure && await db.Tags.Where(t => t.RepositoryId == repositoryId).MaxAsync(t => (DateTime?)t.PushedAt, cancellationToken) is { } newest && newest >= at)
        {
            at = newest.AddTicks(1);
        }

        await changes.ApplyAsync(db, [new TagMove(repositoryId, latest.Name, latest.Digest, at)], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}

/// <param name="IsOurs">False where another job has this manifest already.</param>
public sealed record FoundLatest(Digest Digest, string Tag, bool IsOurs);
