using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Webhook;

/// <summary>Stores a delivery and all that follows from it in one transaction: either everything is kept or nothing, and Event Grid sends it again.</summary>
public sealed class EventStore(IDbContextFactory<ScoutDb> databases, RegistryChanges changes, WebhookOptions options, TimeProvider clock)
{
    // A clock may be a little ahead; more would pin a tag to a push that no later one could overtake.
    private static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(5);

    /// <returns>How many analyses were queued.</returns>
    public async Task<int> StoreAsync(long integrationId, IReadOnlyList<DeliveredEvent> events, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.LimitWait(options.DatabaseWait);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var queued = 0;
        var kinds = new List<RegistryEventKind>();
        foreach (var delivered in events)
        {
            if (await db.Events.AnyAsync(e => e.IntegrationId == integrationId && e.EventId == delivered.Id, cancellationToken))
            {
                continue;
            }

            var at = delivered.OccurredAt is { } told && told < now + LargestSkew ? told : now;
            var outcome = await ApplyAsync(db, integrationId, delivered, at, cancellationToken);
            queued += outcome == Outcomes.Queued ? 1 : 0;
            db.Events.Add(new RegistryEvent
            {
                IntegrationId = integrationId, EventId = delivered.Id, Kind = delivered.Kind, Repository = delivered.Repository, Tag = delivered.Tag,
                Digest = delivered.Digest?.Value, OccurredAt = at, ReceivedAt = now, Outcome = outcome,
            });
            await db.SaveChangesAsync(cancellationToken);
            db.ChangeTracker.Clear();
            kinds.Add(delivered.Kind);
        }

        await db.Integrations.Where(i => i.Id == integrationId).ExecuteUpdateAsync(set => set.SetProperty(i => i.LastEventAt, now), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        kinds.ForEach(ScoutTelemetry.EventStored);
        return queued;
    }

    private async Task<string> ApplyAsync(ScoutDb db, long integrationId, DeliveredEvent delivered, DateTime at, CancellationToken cancellationToken)
    {
        if (delivered.Kind == RegistryEventKind.SubscriptionDeleted)
        {
            return await EndSubscriptionAsync(db, integrationId, at, cancellationToken);
        }

        await db.Integrations.Where(i => i.Id == integrationId && i.SubscriptionDeletedAt < at)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.SubscriptionDeletedAt, (DateTime?)null), cancellationToken);
        if (delivered.Kind == RegistryEventKind.Other)
        {
            return Outcomes.NotUsed;
        }

        if (delivered.Repository is null)
        {
            return Outcomes.NoRepository;
        }

        var repositoryId = await FindRepositoryAsync(db, integrationId, delivered, cancellationToken);
        return delivered.Kind == RegistryEventKind.ImagePushed
            ? await PushAsync(db, repositoryId, delivered, at, cancellationToken)
            : await DeleteAsync(db, repositoryId, delivered, at, cancellationToken);
    }

    private async Task<string> PushAsync(ScoutDb db, long repositoryId, DeliveredEvent delivered, DateTime at, CancellationToken cancellationToken) =>
        await changes.PushedAsync(db, repositoryId, new Push(delivered.Tag, delivered.Digest, at, JobReason.Push), cancellationToken) switch
        {
            PushOutcome.Queued => Outcomes.Queued,
            PushOutcome.AlreadyQueued => "Analysis was queued already",
            PushOutcome.AlreadyAnalysed => "Image was analysed already",
            PushOutcome.DeletedSince => "Image was deleted since",
            _ => "Repository not enabled",
        };

    private static async Task<string> DeleteAsync(ScoutDb db, long repositoryId, DeliveredEvent delivered, DateTime at, CancellationToken cancellationToken) =>
        delivered.Digest is not { } digest ? "No digest in the event"
        : await RegistryChanges.DeletedAsync(db, repositoryId, digest, at, cancellationToken) ? "Image marked as deleted"
        : "Image was pushed again since";

    private static async Task<string> EndSubscriptionAsync(ScoutDb db, long integrationId, DateTime at, CancellationToken cancellationToken)
    {
        if (await db.Events.AnyAsync(e => e.IntegrationId == integrationId && e.Kind != RegistryEventKind.SubscriptionDeleted && e.OccurredAt > at, cancellationToken))
        {
            return "Later events came";
        }

        await db.Integrations.Where(i => i.Id == integrationId).ExecuteUpdateAsync(set => set.SetProperty(i => i.SubscriptionDeletedAt, at), cancellationToken);
        return "Event subscription was deleted";
    }

    // A repository that is not known yet is listed, not enabled: the list then shows that it exists, and the event is not lost on whoever enables it.
    private static async Task<long> FindRepositoryAsync(ScoutDb db, long integrationId, DeliveredEvent delivered, CancellationToken cancellationToken)
    {
        var known = await db.Repositories.Where(r => r.IntegrationId == integrationId && r.Name == delivered.Repository).Select(r => (long?)r.Id).SingleOrDefaultAsync(cancellationToken);
        if (known is { } id)
        {
            return id;
        }

        var row = db.Repositories.Add(new Repository { IntegrationId = integrationId, Name = delivered.Repository! }).Entity;
        await db.SaveChangesAsync(cancellationToken);
        return row.Id;
    }

    private static class Outcomes
    {
        public const string Queued = "Analysis queued";
        public const string NotUsed = "Not used";
        public const string NoRepository = "No repository in the event";
    }
}
