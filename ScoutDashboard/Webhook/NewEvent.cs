namespace ScoutDashboard.Webhook;

/// <summary>An event that was not stored before, while it is.</summary>
/// <param name="At">When it occurred, UTC, as far as that can be believed.</param>
internal sealed record NewEvent(long IntegrationId, DeliveredEvent Told, DateTime At)
{
    /// <summary>What became of it, for a person; null until that is known.</summary>
    public string? Outcome { get; set; }
}
