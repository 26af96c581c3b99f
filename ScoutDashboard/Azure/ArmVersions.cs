namespace ScoutDashboard.Azure;

/// <summary>The api-versions that are asked for: stable ones that the sovereign clouds have, too.</summary>
internal static class ArmVersions
{
    public const string Subscriptions = "2022-12-01";
    public const string Providers = "2021-04-01";
    public const string Permissions = "2022-04-01";
    public const string Deployments = "2022-09-01";
    public const string Registries = "2023-07-01";

    /// <summary>The first stable one that tells how a registry gives permissions; a sovereign cloud may not have it yet.</summary>
    public const string RegistryPermissions = "2025-11-01";
    public const string EventGrid = "2022-06-15";
}
