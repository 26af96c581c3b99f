using ScoutDashboard.Data;

namespace ScoutDashboard.Integrations;

/// <summary>One line of the registry summary; times are UTC.</summary>
public sealed record IntegrationRow(
    long Id, string Hostname, IntegrationState State, string? StateReason, string TokenName, int EnabledRepositories, int Repositories, DateTime? LastEventAt, DateTime? LastAnalysisAt)
{
    /// <summary>Whether the dashboard signs in by its own identity, not by a token.</summary>
    public bool UsesIdentity { get; init; }

    /// <summary>Whether something in Azure is not as the template made it.</summary>
    public bool IsChanged { get; init; }

    /// <summary>Whether some of that could not be asked.</summary>
    public bool IsUnknown { get; init; }

    public bool IsWaiting => State is IntegrationState.WaitingForDeployment or IntegrationState.WaitingForToken;
}
