using ScoutDashboard.Data;

namespace ScoutDashboard.Integrations;

/// <summary>One line of the registry summary; times are UTC.</summary>
public sealed record IntegrationRow(
    long Id, string Hostname, IntegrationState State, string? StateReason, string TokenName, int EnabledRepositories, int Repositories, DateTime? LastEventAt, DateTime? LastAnalysisAt)
{
    public bool IsWaiting => State is IntegrationState.WaitingForDeployment or IntegrationState.WaitingForToken;
}
