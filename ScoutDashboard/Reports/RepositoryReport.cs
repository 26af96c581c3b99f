using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>The Repository page: its images, newest first, each with the change against the one before, and the jobs that have no image yet.</summary>
public sealed class RepositoryReport(IDbContextFactory<ScoutDb> databases)
{
    /// <summary>The repository, or null where the organization has none with this id.</summary>
    public async Task<RepositoryHead?> FindAsync(int organizationId, long repositoryId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Repositories.Where(r => r.Id == repositoryId && r.Integration!.OrganizationId == organizationId)
            .Select(r => new RepositoryHead(r.Id, r.Name, r.IntegrationId, r.Integration!.Hostname, r.Enabled, r.Integration.RemovedAt != null))
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>The images; those that only an index names stand under it.</summary>
    public async Task<PageOf<RepositoryImage>> ImagesAsync(int organizationId, long repositoryId, string? text, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var query = db.Images.Where(i => i.RepositoryId == repositoryId && i.Repository!.Integration!.OrganizationId == organizationId
            && (!db.IndexEntries.Any(e => e.ImageId == i.Id) || db.Tags.Any(t => t.RepositoryId == i.RepositoryId && t.Digest == i.Digest)));
        if (!string.IsNullOrWhiteSpace(text))
        {
            var pattern = LikePattern.Containing(text);
            query = query.Where(i => EF.Functions.Like(i.Digest, pattern, LikePattern.Escape)
                || db.Tags.Any(t => t.RepositoryId == i.RepositoryId && t.Digest == i.Digest && EF.Functions.Like(t.Name, pattern, LikePattern.Escape)));
        }

        var total = await query.CountAsync(cancellationToken);
        var rows = await query.OrderByDescending(i => i.PushedAt).ThenByDescending(i => i.Id).Skip(page.Skip).Take(page.Size)
            .Select(i => new
            {
                i.Id,
                PreviousId = db.Images
                    .Where(o => o.RepositoryId == i.RepositoryId && o.PushedAt < i.PushedAt && o.Kind == i.Kind && o.Platform == i.Platform && o.Critical != null
                        && (o.Kind == ImageKind.Index || !db.IndexEntries.Any(e => e.ImageId == o.Id)))
                    .OrderByDescending(o => o.PushedAt).ThenByDescending(o => o.Id).Select(o => (long?)o.Id).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);

        var ids = rows.Select(r => r.Id).ToList();
        var images = await ImageSummaries.ByIdAsync(db, [.. ids, .. rows.Select(r => r.PreviousId).OfType<long>()], cancellationToken);
        var tags = await ImageSummaries.TagsAsync(db, ids, cancellationToken);
        var children = await ImageSummaries.ChildrenAsync(db, ids, cancellationToken);
        return new PageOf<RepositoryImage>(
            [.. rows.Select(r => new RepositoryImage(
                images[r.Id], [.. tags[r.Id]], [.. children[r.Id]],
                r.PreviousId is { } previous && images[r.Id].Counts is { } counts && images[previous].Counts is { } before ? counts - before : null))],
            total);
    }

    /// <summary>Jobs that wait or run, and the newest that failed before its image had a row.</summary>
    public async Task<IReadOnlyList<RepositoryJob>> JobsAsync(int organizationId, long repositoryId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var jobs = db.Jobs.Where(j => j.RepositoryId == repositoryId && j.Repository!.Integration!.OrganizationId == organizationId);
        var active = await jobs.Where(j => j.State == JobState.Queued || j.State == JobState.Running).OrderBy(j => j.Id).Take(20)
            .Select(j => new RepositoryJob(j.Id, j.Tag, j.Digest, j.State, j.Failure, j.NotBefore)).ToListAsync(cancellationToken);
        var newest = await jobs.Where(j => j.State == JobState.Failed || j.State == JobState.Succeeded).OrderByDescending(j => j.FinishedAt).ThenByDescending(j => j.Id)
            .Select(j => new { Job = new RepositoryJob(j.Id, j.Tag, j.Digest, j.State, j.Failure, j.NotBefore), HasImage = db.Images.Any(i => i.RepositoryId == j.RepositoryId && i.Digest == j.Digest) })
            .FirstOrDefaultAsync(cancellationToken);
        return newest is { Job.State: JobState.Failed, HasImage: false } ? [.. active, newest.Job] : active;
    }
}

/// <summary>A repository and its registry.</summary>
public sealed record RepositoryHead(long Id, string Name, long IntegrationId, string Registry, bool Enabled, bool Removed);

/// <summary>An image of the repository; Change is its counts less those of the image before it on the same platform, null where either is not known.</summary>
public sealed record RepositoryImage(ImageSummary Image, IReadOnlyList<string> Tags, IReadOnlyList<ImageSummary> Children, SeverityCounts? Change);

/// <summary>A job of the repository.</summary>
public sealed record RepositoryJob(long Id, string? Tag, string? Digest, JobState State, string? Failure, DateTime NotBefore);
