using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Webhook;

/// <summary>Stores deliveries and all that follows from them in one transaction: either everything is kept or nothing, and Event Grid sends it again.</summary>
public sealed class EventStore(IDbContextFactory<ScoutDb> databases, RegistryChanges changes, WebhookOptions options, TimeProvider clock)
{
    // A clock may be a little ahead; more would pin a tag to a push that no later one could overtake.
    private static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(5);

    /// <summary>How many of a delivery's events were not stored before.</summary>
    public async Task<int> CountNewAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.LimitWait(options.DatabaseWait);
        return (await NewOfAsync(db, [delivery], clock.GetUtcNow().UtcDateTime, cancellationToken)).Count;
    }

    /// <returns>How many analyses were queued.</returns>
    /// <exception cref="TimeoutException">Another held the database for longer than a sender waits.</exception>
    public async Task<int> StoreAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.LimitWait(options.DatabaseWait);
        try
        {
            await using var transaction = await db.BeginWriteAsync(cancellationToken);
            var now = clock.GetUtcNow().UtcDateTime;
            var events = await NewOfAsync(db, deliveries, now, cancellationToken);
            await ApplyAsync(db, events, cancellationToken);
            Write(db, events, now);
            long[] senders = [.. deliveries.Select(delivery => delivery.IntegrationId).Distinct()];
            await db.Integrations.Where(i => senders.Contains(i.Id)).ExecuteUpdateAsync(set => set.SetProperty(i => i.LastEventAt, now), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            events.ForEach(e => ScoutTelemetry.EventStored(e.Told.Kind));
            return events.Count(e => e.Outcome == Outcomes.Queued);
        }
        catch (DbException exception) when (db.IsBusy(exception))
        {
            throw new TimeoutException("Another held the database for too long.", exception);
        }
    }

    // In their order, each once.
    private static async Task<List<NewEvent>> NewOfAsync(ScoutDb db, IReadOnlyList<Delivery> deliveries, DateTime now, CancellationToken cancellationToken)
    {
        var known = new HashSet<(long, string)>();
        foreach (var slice in KeySlice.Of(deliveries.SelectMany(delivery => delivery.Events.Select(told => (delivery.IntegrationId, told.Id)))))
        {
            var stored = db.Events.Where(e => slice.Owners.Contains(e.IntegrationId) && slice.Keys.Contains(e.EventId)).Select(e => new { e.IntegrationId, e.EventId });
            known.UnionWith((await stored.ToListAsync(cancellationToken)).Select(e => (e.IntegrationId, e.EventId)));
        }

        return [..
            from delivery in deliveries
            from told in delivery.Events
            where known.Add((delivery.IntegrationId, told.Id))
            select new NewEvent(delivery.IntegrationId, told, told.OccurredAt is { } at && at < now + LargestSkew ? at : now)];
    }

    private async Task ApplyAsync(ScoutDb db, List<NewEvent> events, CancellationToken cancellationToken)
    {
        await SubscriptionState.ApplyAsync(db, events, cancellationToken);
        events.ForEach(e => e.Outcome ??= Outcomes.OfWhatChangesNothing(e.Told));
        List<(long, string)> named = [.. events.Where(e => e.Told.Kind is RegistryEventKind.ImagePushed or RegistryEventKind.ImageDeleted && e.Told.Repository is not null).Select(e => (e.IntegrationId, e.Told.Repository!))];
        var repositories = await ListedRepositories.FindAsync(db, named, cancellationToken);
        List<NewEvent> used = [.. events.Where(e => e.Outcome is null)];
        var outcomes = await changes.ApplyAsync(db, [.. used.Select(e => ChangeOf(e, repositories[(e.IntegrationId, e.Told.Repository!)]))], cancellationToken);
        foreach (var (e, outcome) in used.Zip(outcomes))
        {
            e.Outcome = Outcomes.Of(outcome);
        }
    }

    private static RegistryChange ChangeOf(NewEvent e, long repositoryId) => e.Told.Kind == RegistryEventKind.ImagePushed
        ? new Push(repositoryId, e.Told.Tag, e.Told.Digest, e.At, JobReason.Push) : new Deletion(repositoryId, e.Told.Digest!.Value, e.At);

    private static void Write(ScoutDb db, List<NewEvent> events, DateTime now)
    {
        using var rows = new RowInsert<RegistryEvent>(db);
        foreach (var e in events)
        {
            rows.Add(new RegistryEvent
            {
                IntegrationId = e.IntegrationId, EventId = e.Told.Id, Kind = e.Told.Kind, Repository = e.Told.Repository, Tag = e.Told.Tag, Digest = e.Told.Digest?.Value,
                OccurredAt = e.At, ReceivedAt = now, Outcome = e.Outcome!,
            });
        }
    }
}
