using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>One step of a connection test as it stands: first running, then passed, failed or skipped.</summary>
/// <param name="Detail">What was found, as one sentence for a person.</param>
/// <param name="Error">Why it failed; <see cref="Remedies"/> says what to do.</param>
public sealed record ConnectionStep(ConnectionStage Stage, ConnectionStepState State, string Detail = "", RegistryError? Error = null)
{
    /// <summary>What to do where the step failed, or what else its result may mean; empty where nothing is to do.</summary>
    public string Remedy { get; init; } = Error is { } error ? Remedies.For(error) : "";

    /// <summary>What to do as commands of the Azure CLI, where there are any: of each kind of permissions that the registry may have.</summary>
    public IReadOnlyList<RoleCommand> Commands { get; init; } = [];
}

/// <summary>The steps in their order; <see cref="Make"/> only where a password is made, <see cref="Store"/> only where it changes how the dashboard signs in.</summary>
public enum ConnectionStage { Make, Reach, Challenge, Token, Catalogue, Manifest, Store }

/// <summary>The states of a step.</summary>
public enum ConnectionStepState { Running, Passed, Failed, Skipped }

/// <summary>Commands that give the identity what it needs at a registry.</summary>
/// <param name="Registry">At which kind of registry.</param>
public sealed record RoleCommand(RolePermissions Registry, string Text);

/// <summary>How a registry gives permissions: one for all of it, or of each repository (ABAC).</summary>
public enum RolePermissions { OfRegistry, OfRepositories }
