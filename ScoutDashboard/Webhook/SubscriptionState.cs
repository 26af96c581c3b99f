using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;

namespace ScoutDashboard.Webhook;

/// <summary>Keeps <see cref="Integration.SubscriptionDeletedAt"/>: the deletion of an event subscription counts until a later event comes.</summary>
internal static class SubscriptionState
{
    /// <summary>Applies all events in their order, and gives those of a deletion their outcome.</summary>
    public static async Task ApplyAsync(ScoutDb db, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        long[] ids = [.. events.Select(e => e.IntegrationId).Distinct()];
        var deletedAt = await db.Integrations.Where(i => ids.Contains(i.Id)).Select(i => new { i.Id, i.SubscriptionDeletedAt }).ToDictionaryAsync(i => i.Id, i => i.SubscriptionDeletedAt, cancellationToken);
        foreach (var sent in events.GroupBy(e => e.IntegrationId))
        {
            // One whose row is gone can't keep its events either.
            if (deletedAt.TryGetValue(sent.Key, out var before) && await ApplyAsync(db, sent, before, cancellationToken) is var after && after != before)
            {
                await db.Integrations.Where(i => i.Id == sent.Key).ExecuteUpdateAsync(set => set.SetProperty(i => i.SubscriptionDeletedAt, after), cancellationToken);
            }
        }
    }

    private static async Task<DateTime?> ApplyAsync(ScoutDb db, IGrouping<long, NewEvent> sent, DateTime? deletedAt, CancellationToken cancellationToken)
    {
        DateTime? newest = sent.Any(IsDeletion)
            ? await db.Events.Where(e => e.IntegrationId == sent.Key && e.Kind != RegistryEventKind.SubscriptionDeleted).MaxAsync(e => e.OccurredAt, cancellationToken) : null;
        foreach (var e in sent)
        {
            if (!IsDeletion(e))
            {
                newest = newest > e.At ? newest : e.At;
                deletedAt = deletedAt < e.At ? null : deletedAt;
                continue;
            }

            var isOver = newest > e.At;
            deletedAt = isOver ? deletedAt : e.At;
            e.Outcome = isOver ? Outcomes.LaterEventsCame : Outcomes.SubscriptionDeleted;
        }

        return deletedAt;
    }

    private static bool IsDeletion(NewEvent e) => e.Told.Kind == RegistryEventKind.SubscriptionDeleted;
}
