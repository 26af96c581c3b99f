namespace ScoutDashboard.Webhook;

/// <summary>What one request brought from one integration.</summary>
public sealed record Delivery(long IntegrationId, IReadOnlyList<DeliveredEvent> Events);
