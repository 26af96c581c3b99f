namespace ScoutDashboard.Webhook;

/// <summary>Limits of the webhook.</summary>
public sealed record WebhookOptions
{
    /// <summary>Event Grid sends at most 1 MiB a request.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>Event Grid's largest batch.</summary>
    public const int MaxEvents = 5000;

    /// <summary>Requests at once that one integration may send; they refill at <see cref="RequestsPerMinute"/>.</summary>
    public int Burst { get; init; } = 600;
    public int RequestsPerMinute { get; init; } = 1200;

    /// <summary>Events at once that one integration may send, in however many requests; they refill at <see cref="EventsPerMinute"/>. A request with more takes all of them.</summary>
    public int EventBurst { get; init; } = 2 * MaxEvents;
    public int EventsPerMinute { get; init; } = 6000;

    /// <summary>Keys that are none which one network may try in a minute before only keys that were right before are heard from there.</summary>
    public int WrongKeysPerMinute { get; init; } = 60;

    /// <summary>Events that are stored in one transaction, at most, unless one request brings more. Others can't write meanwhile.</summary>
    public int GroupEvents { get; init; } = 1000;

    /// <summary>Events that may wait to be stored, of all integrations together; what comes then is asked to come later.</summary>
    public int WaitingEvents { get; init; } = 4 * MaxEvents;

    /// <summary>How long a locked database is waited for, and how long a request in all. Event Grid gives up after 30 seconds, so it must hear before.</summary>
    public TimeSpan DatabaseWait { get; init; } = TimeSpan.FromSeconds(10);
}
