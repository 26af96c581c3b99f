using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports;

/// <summary>The Images page: one row for each repository that is enabled or has results, told by its latest image.</summary>
public sealed class ImageListReport(IDbContextFactory<ScoutDb> databases)
{
    public async Task<PageOf<RepositoryRow>> ListAsync(int organizationId, ImageListFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var query =
            from repository in db.Repositories
            where repository.Integration!.OrganizationId == organizationId && (repository.Enabled || repository.LatestImageId != null)
            join image in db.Images on repository.LatestImageId equals image.Id into newest
            from latest in newest.DefaultIfEmpty()
            select new { repository, hostname = repository.Integration!.Hostname, removed = repository.Integration.RemovedAt != null, latest };

        if (!string.IsNullOrWhiteSpace(filter.Text))
        {
            var pattern = LikePattern.Containing(filter.Text);
            query = query.Where(r => EF.Functions.Like(r.repository.Name, pattern, LikePattern.Escape));
        }

        if (filter.IntegrationId is { } integration)
        {
            query = query.Where(r => r.repository.IntegrationId == integration);
        }

        if (filter.State is { } state)
        {
            query = state == ImageState.Pending ? query.Where(r => r.latest == null || r.latest.State == state) : query.Where(r => r.latest.State == state);
        }

        if (filter.HasCritical)
        {
            query = query.Where(r => r.latest.Critical > 0);
        }

        var total = await query.CountAsync(cancellationToken);
        var sorted = filter.Sort switch
        {
            ImageListSort.Name => query.OrderBy(r => r.repository.Name),
            ImageListSort.Pushed => query.OrderByDescending(r => r.latest.PushedAt ?? r.repository.LastPushedAt),
            ImageListSort.Size => query.OrderByDescending(r => r.latest == null ? -1 : r.latest.Size),
            _ => query.OrderByDescending(r => r.latest.Critical ?? -1).ThenByDescending(r => r.latest.High ?? -1).ThenByDescending(r => r.latest.Medium ?? -1)
                .ThenByDescending(r => r.latest.Low ?? -1),
        };
        var rows = await sorted.ThenBy(r => r.repository.Name).ThenBy(r => r.repository.Id).Skip(page.Skip).Take(page.Size)
            .Select(r => new
            {
                r.repository.Id, r.repository.Name, r.hostname, r.removed, r.repository.Enabled, r.repository.LastPushedAt, r.repository.LatestImageId,
            })
            .ToListAsync(cancellationToken);

        var ids = rows.Select(r => r.LatestImageId).OfType<long>().ToList();
        var images = await ImageSummaries.ByIdAsync(db, ids, cancellationToken);
        var tags = await ImageSummaries.TagsAsync(db, ids, cancellationToken);
        var children = await ImageSummaries.ChildrenAsync(db, ids, cancellationToken);
        return new PageOf<RepositoryRow>([.. rows.Select(r =>
        {
            var latest = images.GetValueOrDefault(r.LatestImageId ?? 0);
            return new RepositoryRow(
                r.Id, r.Name, r.hostname, r.Enabled, r.removed, latest?.PushedAt ?? r.LastPushedAt, latest,
                latest is null ? null : tags[latest.Id].FirstOrDefault(), latest is null ? [] : [.. children[latest.Id]]);
        })], total);
    }

    /// <summary>The registries that have repositories here, for the filter.</summary>
    public async Task<IReadOnlyList<RegistryChoice>> RegistriesAsync(int organizationId, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Integrations
            .Where(i => i.OrganizationId == organizationId && db.Repositories.Any(r => r.IntegrationId == i.Id && (r.Enabled || r.LatestImageId != null)))
            .OrderBy(i => i.Hostname).Select(i => new RegistryChoice(i.Id, i.Hostname)).ToListAsync(cancellationToken);
    }
}

/// <summary>What the Images page is narrowed to, and its order.</summary>
public sealed record ImageListFilter(
    string? Text = null, long? IntegrationId = null, ImageState? State = null, bool HasCritical = false, ImageListSort Sort = ImageListSort.Severity);

/// <summary>The orders of the Images page: worst, newest and largest first; names from A.</summary>
public enum ImageListSort { Severity, Name, Pushed, Size }

/// <summary>A repository with its latest image; Children are an index's images.</summary>
public sealed record RepositoryRow(
    long Id, string Name, string Registry, bool Enabled, bool Removed, DateTime? PushedAt, ImageSummary? Latest, string? Tag, IReadOnlyList<ImageSummary> Children)
{
    /// <summary>The platforms of the latest image.</summary>
    public IEnumerable<string> Platforms => Latest?.Platform is { } own ? [own] : Children.Select(c => c.Platform).OfType<string>().Select(p => DisplayText.Sanitise(p, 60));

    /// <summary>Bytes of the latest image; of an index the sum of its images.</summary>
    public long? Size => Latest?.SizeWith(Children);
}

/// <summary>A registry to choose.</summary>
public sealed record RegistryChoice(long Id, string Hostname);
