using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;

namespace ScoutDashboard.Jobs;

/// <summary>Reads what some changes are about. A repository that is not enabled has nothing that a push could change, so that nothing of it is read for one.</summary>
internal static class RegistryStateReader
{
    public static async Task ReadAsync(ScoutDb db, RegistryState state, IReadOnlyList<RegistryChange> changes, CancellationToken cancellationToken)
    {
        long[] ids = [.. changes.Select(change => change.RepositoryId).Distinct()];
        foreach (var row in await db.Repositories.Where(r => ids.Contains(r.Id)).Select(r => new { r.Id, r.Enabled, r.LastPushedAt }).ToListAsync(cancellationToken))
        {
            state.Add(new RepositoryState(row.Id, row.Enabled, row.LastPushedAt));
        }

        List<RegistryChange> effective = [.. changes.Where(change => change is not Push || state.Repository(change.RepositoryId).IsEnabled)];
        foreach (var slice in KeySlice.Of(effective.Where(change => DigestOf(change) is not null).Select(change => (change.RepositoryId, DigestOf(change)!.Value.Value))))
        {
            await ReadImagesAsync(db, state, slice, cancellationToken);
            await ReadEventsAsync(db, state, slice, cancellationToken);
            await AddTagsAsync(db.Tags.Where(t => slice.Owners.Contains(t.RepositoryId) && slice.Keys.Contains(t.Digest)), state, cancellationToken);
        }

        foreach (var slice in KeySlice.Of(effective.Where(change => TagOf(change) is not null).Select(change => (change.RepositoryId, TagOf(change)!))))
        {
            await AddTagsAsync(db.Tags.Where(t => slice.Owners.Contains(t.RepositoryId) && slice.Keys.Contains(t.Name)), state, cancellationToken);
        }

        await ReadJobsAsync(db, state, effective, cancellationToken);
    }

    private static async Task ReadImagesAsync(ScoutDb db, RegistryState state, KeySlice slice, CancellationToken cancellationToken)
    {
        var images = db.Images.Where(i => slice.Owners.Contains(i.RepositoryId) && slice.Keys.Contains(i.Digest))
            .Select(i => new
            {
                i.RepositoryId, i.Digest, i.Id, i.PushedAt, i.DeletedAt,
                IsAnalysed = i.State == ImageState.Analysed || i.State == ImageState.Partial || i.State == ImageState.Skipped,
            });
        foreach (var image in await images.ToListAsync(cancellationToken))
        {
            state.Repository(image.RepositoryId).Add(image.Digest, new ManifestState(image.Id, image.IsAnalysed, image.PushedAt, image.DeletedAt));
        }
    }

    // After the images, which replace what is known of a manifest.
    private static async Task ReadEventsAsync(ScoutDb db, RegistryState state, KeySlice slice, CancellationToken cancellationToken)
    {
        var newest =
            from e in db.Events
            join r in db.Repositories on new { e.IntegrationId, Name = e.Repository } equals new { r.IntegrationId, Name = (string?)r.Name }
            where slice.Owners.Contains(r.Id) && slice.Keys.Contains(e.Digest!) && (e.Kind == RegistryEventKind.ImagePushed || e.Kind == RegistryEventKind.ImageDeleted)
            group e.OccurredAt by new { r.Id, e.Digest, e.Kind } into told
            select new { told.Key.Id, told.Key.Digest, told.Key.Kind, At = told.Max() };
        foreach (var told in await newest.ToListAsync(cancellationToken))
        {
            var manifest = state.Repository(told.Id).Manifest(told.Digest!);
            if (told.At is not { } at)
            {
                continue;
            }

            if (told.Kind == RegistryEventKind.ImagePushed)
            {
                manifest.NotePush(at);
            }
            else
            {
                manifest.NoteDeletion(at);
            }
        }
    }

    private static async Task AddTagsAsync(IQueryable<Tag> tags, RegistryState state, CancellationToken cancellationToken)
    {
        foreach (var tag in await tags.Select(t => new { t.RepositoryId, t.Id, t.Name, t.Digest, t.PushedAt }).ToListAsync(cancellationToken))
        {
            state.Repository(tag.RepositoryId).Add(new TagState(tag.Id, tag.Name) { Digest = tag.Digest, PushedAt = tag.PushedAt });
        }
    }

    private static async Task ReadJobsAsync(ScoutDb db, RegistryState state, IEnumerable<RegistryChange> changes, CancellationToken cancellationToken)
    {
        string[] keys = [.. changes.Where(change => change is not TagMove).Select(change => JobQueue.KeyOf(change.RepositoryId, DigestOf(change))).Distinct(StringComparer.Ordinal)];
        foreach (var job in await db.Jobs.Where(j => keys.Contains(j.ActiveKey!)).Select(j => new { j.ActiveKey, j.Id, j.State }).ToListAsync(cancellationToken))
        {
            state.AddActive(job.ActiveKey!, job.Id, job.State);
        }
    }

    private static Digest? DigestOf(RegistryChange change) => change switch { Push push => push.Digest, Deletion deletion => deletion.Digest, TagMove move => move.Digest, _ => null };

    private static string? TagOf(RegistryChange change) => change switch { Push { Digest: not null } push => push.Tag, TagMove move => move.Tag, _ => null };
}
