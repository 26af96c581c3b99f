using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Jobs;

/// <summary>Writes what came of some changes.</summary>
internal static class RegistryStateWriter
{
    public static async Task WriteAsync(ScoutDb db, RegistryState state, CancellationToken cancellationToken)
    {
        foreach (var repository in state.Repositories.Where(r => r.NewestPush is not null))
        {
            var at = repository.NewestPush;
            await db.Repositories.Where(r => r.Id == repository.Id && (r.LastPushedAt == null || r.LastPushedAt < at)).ExecuteUpdateAsync(set => set.SetProperty(r => r.LastPushedAt, at), cancellationToken);
        }

        await WriteTagsAsync(db, state, cancellationToken);
        await WriteImagesAsync(db, [.. state.Repositories.SelectMany(r => r.Manifests).Where(manifest => manifest.ImageId is not null)], cancellationToken);
        await WriteJobsAsync(db, state, cancellationToken);
        await LatestImage.RefreshAsync(db, [.. state.Repositories.Where(r => r.IsLatestDue).Select(r => r.Id)], cancellationToken);
    }

    private static async Task WriteTagsAsync(ScoutDb db, RegistryState state, CancellationToken cancellationToken)
    {
        long[] removed = [.. state.Repositories.SelectMany(r => r.RemovedTags)];
        if (removed.Length > 0)
        {
            await db.Tags.Where(t => removed.Contains(t.Id)).ExecuteDeleteAsync(cancellationToken);
        }

        foreach (var tag in state.Repositories.SelectMany(r => r.MovedTags))
        {
            await db.Tags.Where(t => t.Id == tag.Id && t.PushedAt < tag.PushedAt)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.Digest, tag.Digest).SetProperty(t => t.PushedAt, tag.PushedAt), cancellationToken);
        }

        using var rows = new RowInsert<Tag>(db);
        foreach (var repository in state.Repositories)
        {
            foreach (var tag in repository.NewTags)
            {
                rows.Add(new Tag { RepositoryId = repository.Id, Name = tag.Name, Digest = tag.Digest, PushedAt = tag.PushedAt });
            }
        }
    }

    private static async Task WriteImagesAsync(ScoutDb db, IReadOnlyList<ManifestState> manifests, CancellationToken cancellationToken)
    {
        foreach (var sameTime in manifests.Where(manifest => manifest.IsDeletionDue).GroupBy(manifest => manifest.DeletedAt, manifest => manifest.ImageId!.Value))
        {
            await db.Images.Where(i => sameTime.Contains(i.Id)).ExecuteUpdateAsync(set => set.SetProperty(i => i.DeletedAt, sameTime.Key), cancellationToken);
        }

        long[] revived = [.. manifests.Where(manifest => manifest.IsRevived).Select(manifest => manifest.ImageId!.Value)];
        long[] needed = [.. manifests.Where(manifest => manifest.IsNeeded).Select(manifest => manifest.ImageId!.Value)];
        if (revived.Length + needed.Length > 0)
        {
            var held = db.IndexEntries.Where(e => needed.Contains(e.IndexId)).Select(e => e.ImageId);
            await db.Images.Where(i => i.UntaggedAt != null && (revived.Contains(i.Id) || needed.Contains(i.Id) || held.Contains(i.Id)))
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.UntaggedAt, (DateTime?)null), cancellationToken);
        }
    }

    // What is cancelled gives its place to what was asked for again.
    private static async Task WriteJobsAsync(ScoutDb db, RegistryState state, CancellationToken cancellationToken)
    {
        foreach (var job in state.Cancelled)
        {
            await db.Jobs.Where(j => j.Id == job.Id && j.State == JobState.Queued).ExecuteUpdateAsync(
                set => set.SetProperty(j => j.State, JobState.Cancelled).SetProperty(j => j.ActiveKey, (string?)null).SetProperty(j => j.FinishedAt, job.At)
                    .SetProperty(j => j.Failure, CancelledJob.Reason), cancellationToken);
        }

        using var rows = new RowInsert<AnalysisJob>(db);
        foreach (var job in state.NewJobs)
        {
            rows.Add(job);
        }
    }
}
