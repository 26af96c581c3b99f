using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Jobs;
using ScoutDashboard.Webhook;

namespace ScoutDashboard.Tests.Webhook;

/// <summary>What the rules say, event by event and statement by statement: slow, and what <see cref="EventStore"/> must amount to.</summary>
internal sealed class PlainEventStore(ScoutDb db, JobQueue queue, DateTime now)
{
    public async Task StoreAsync(Delivery delivery)
    {
        var integration = await db.Integrations.SingleAsync(i => i.Id == delivery.IntegrationId);
        foreach (var told in delivery.Events)
        {
            if (await db.Events.AnyAsync(e => e.IntegrationId == integration.Id && e.EventId == told.Id))
            {
                continue;
            }

            var at = told.OccurredAt is { } occurred && occurred < now.AddMinutes(5) ? occurred : now;
            var outcome = await ApplyAsync(integration, told, at);
            db.Events.Add(new RegistryEvent
            {
                IntegrationId = integration.Id, EventId = told.Id, Kind = told.Kind, Repository = told.Repository, Tag = told.Tag, Digest = told.Digest?.Value,
                OccurredAt = at, ReceivedAt = now, Outcome = outcome,
            });
            await db.SaveChangesAsync();
        }

        integration.LastEventAt = now;
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
    }

    private async Task<string> ApplyAsync(Integration integration, DeliveredEvent told, DateTime at)
    {
        if (told.Kind == RegistryEventKind.SubscriptionDeleted)
        {
            if (await db.Events.AnyAsync(e => e.IntegrationId == integration.Id && e.Kind != RegistryEventKind.SubscriptionDeleted && e.OccurredAt > at))
            {
                return "Later events came";
            }

            integration.SubscriptionDeletedAt = at;
            return "Event subscription was deleted";
        }

        integration.SubscriptionDeletedAt = integration.SubscriptionDeletedAt < at ? null : integration.SubscriptionDeletedAt;
        if (told.Kind == RegistryEventKind.Other)
        {
            return "Not used";
        }

        if (told.Repository is null)
        {
            return "No repository in the event";
        }

        var repository = await db.Repositories.SingleOrDefaultAsync(r => r.IntegrationId == integration.Id && r.Name == told.Repository)
            ?? db.Repositories.Add(new Repository { IntegrationId = integration.Id, Name = told.Repository }).Entity;
        await db.SaveChangesAsync();
        return told.Kind == RegistryEventKind.ImagePushed ? await PushAsync(repository, told, at) : await DeleteAsync(repository, told.Digest, at);
    }

    private async Task<string> PushAsync(Repository repository, DeliveredEvent told, DateTime at)
    {
        repository.LastPushedAt = repository.LastPushedAt is null || repository.LastPushedAt < at ? at : repository.LastPushedAt;
        if (!repository.Enabled)
        {
            return "Repository not enabled";
        }

        if (told.Digest is not { } digest)
        {
            return await QueueAsync(repository, told);
        }

        var image = await ImageAsync(repository, digest.Value);
        if (image?.DeletedAt > at || await ToldOf(repository, digest.Value).AnyAsync(e => e.Kind == RegistryEventKind.ImageDeleted && e.OccurredAt > at))
        {
            return "Image was deleted since";
        }

        if (image?.DeletedAt is not null)
        {
            (image.DeletedAt, image.UntaggedAt) = (null, null);
        }

        if (told.Tag is not null)
        {
            await MoveTagAsync(repository, told.Tag, digest.Value, at, image);
        }

        await db.SaveChangesAsync();
        await RefreshLatestAsync(repository);
        return image?.State is ImageState.Analysed or ImageState.Partial or ImageState.Skipped ? "Image was analysed already" : await QueueAsync(repository, told);
    }

    private async Task MoveTagAsync(Repository repository, string name, string digest, DateTime at, Image? image)
    {
        var tag = await db.Tags.SingleOrDefaultAsync(t => t.RepositoryId == repository.Id && t.Name == name);
        if (tag is null)
        {
            db.Tags.Add(new Tag { RepositoryId = repository.Id, Name = name, Digest = digest, PushedAt = at });
        }
        else if (tag.PushedAt < at)
        {
            (tag.Digest, tag.PushedAt) = (digest, at);
        }

        await db.SaveChangesAsync();
        if (image is not null && await db.Tags.AnyAsync(t => t.RepositoryId == repository.Id && t.Digest == digest))
        {
            foreach (var needed in await db.Images.Where(i => i.Id == image.Id || db.IndexEntries.Any(e => e.IndexId == image.Id && e.ImageId == i.Id)).ToListAsync())
            {
                needed.UntaggedAt = null;
            }
        }
    }

    private async Task<string> DeleteAsync(Repository repository, Digest? deleted, DateTime at)
    {
        if (deleted is not { } digest)
        {
            return "No digest in the event";
        }

        var image = await ImageAsync(repository, digest.Value);
        var tags = await db.Tags.Where(t => t.RepositoryId == repository.Id && t.Digest == digest.Value).ToListAsync();
        if (tags.Any(tag => tag.PushedAt > at) || image?.PushedAt > at || await ToldOf(repository, digest.Value).AnyAsync(e => e.Kind == RegistryEventKind.ImagePushed && e.OccurredAt > at))
        {
            return "Image was pushed again since";
        }

        if (image is not null && (image.DeletedAt is null || image.DeletedAt < at))
        {
            image.DeletedAt = at;
        }

        db.Tags.RemoveRange(tags);
        foreach (var job in await db.Jobs.Where(j => j.RepositoryId == repository.Id && j.Digest == digest.Value && j.State == JobState.Queued).ToListAsync())
        {
            (job.State, job.ActiveKey, job.FinishedAt, job.Failure) = (JobState.Cancelled, null, at, "The image was deleted from the registry.");
        }

        await db.SaveChangesAsync();
        await RefreshLatestAsync(repository);
        return "Image marked as deleted";
    }

    private async Task<string> QueueAsync(Repository repository, DeliveredEvent told)
    {
        var isAdded = await queue.AddAsync(db, repository.Id, told.Digest, told.Tag, JobReason.Push, CancellationToken.None);
        await db.SaveChangesAsync();
        return isAdded ? "Analysis queued" : "Analysis was queued already";
    }

    private async Task RefreshLatestAsync(Repository repository)
    {
        var images = await db.Images.Where(i => i.RepositoryId == repository.Id && i.DeletedAt == null && i.Kind != ImageKind.Artifact && i.State != ImageState.Skipped).ToListAsync();
        var tags = await db.Tags.Where(t => t.RepositoryId == repository.Id).ToListAsync();
        repository.LatestImageId = tags.OrderBy(t => t.PushedAt).ThenBy(t => t.Id).Select(t => images.Find(i => i.Digest == t.Digest)?.Id).LastOrDefault(id => id is not null);
        await db.SaveChangesAsync();
    }

    private Task<Image?> ImageAsync(Repository repository, string digest) => db.Images.SingleOrDefaultAsync(i => i.RepositoryId == repository.Id && i.Digest == digest);

    private IQueryable<RegistryEvent> ToldOf(Repository repository, string digest) =>
        db.Events.Where(e => e.IntegrationId == repository.IntegrationId && e.Repository == repository.Name && e.Digest == digest);
}
