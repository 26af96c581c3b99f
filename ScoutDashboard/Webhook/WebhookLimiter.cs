using ScoutDashboard.Data;

namespace ScoutDashboard.Webhook;

/// <summary>Limits how often one integration may call and how many events it may send, and how many keys that are none one network may try: those are turned away before the database is asked.</summary>
public sealed class WebhookLimiter(WebhookOptions options, TimeProvider clock) : IDisposable
{
    private readonly TokenBuckets _requests = new(options.Burst, options.RequestsPerMinute, clock);
    private readonly TokenBuckets _events = new(options.EventBurst, options.EventsPerMinute, clock);

    /// <summary>Of the keys in the addresses.</summary>
    public KeyGuesses Guesses { get; } = new(options.WrongKeysPerMinute);

    /// <summary>Takes one request; null where it may go on, else how long to wait for the next.</summary>
    public TimeSpan? Enter(long integrationId) => _requests.Take(integrationId, 1);

    /// <summary>Takes the events of one request that are news, all or none; null where they may be stored, else how long to wait until they may.</summary>
    public TimeSpan? TakeEvents(long integrationId, int count) => _events.Take(integrationId, count);

    public void Dispose() => Guesses.Dispose();
}
