namespace ScoutDashboard.Outbound;

/// <summary>A host that is not connected; the message is for a person and holds no secret. It stands inside the <see cref="HttpRequestException"/> that the caller gets.</summary>
public sealed class OutboundException(string message) : Exception(message);
