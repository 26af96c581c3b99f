using ScoutDashboard.Azure;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Integrations.Watch;

namespace ScoutDashboard.Integrations;

/// <summary>One registry as its page shows it; holds no secret.</summary>
public sealed record IntegrationDetails
{
    public IntegrationDetails(Integration row, RegistryHostname? host, IReadOnlyList<RegistryEvent> events)
    {
        (Id, Hostname, State, StateReason, TokenName) = (row.Id, row.Hostname, row.State, row.StateReason, row.TokenName);
        (SystemTopic, UsesExistingTopic, HasToken) = (row.SystemTopic, row.UsesExistingTopic, row.ProtectedToken is not null);
        (UsesIdentity, TokenExpiresOn) = (row.UsesIdentity, row.TokenExpiresOn);
        Place = AzurePlace.Of(row);
        (TokenPassword, RotateBefore) = (row.TokenPassword, row.RotateBefore);
        UnstoredPassword = UnstoredOf(row);
        Watch = row.WatchedAt is { } looked && (Place is not null || row.WatchFailure is not null) ? new WatchResult(looked, WatchResult.Read(row.Differences), row.WatchFailure, row.WatchRemedy ?? "") { By = row.WatchedBy } : null;
        Rotation = new RotationResult(row.RotatedAt, row.RotationTriedAt, row.RotationFailure, row.RotationRemedy ?? "") { TriedBy = row.RotationTriedBy, OldFailure = row.OldPasswordFailure, OldRemedy = row.OldPasswordRemedy ?? "", OldPassword = row.OldPasswordEndsAt is null || row.TokenPassword is null || row.OldPassword == row.TokenPassword ? null : row.OldPassword, OldEndsAt = row.OldPasswordEndsAt };
        (CreatedAt, LastTestAt, LastEventAt, LastReconcileAt, SubscriptionDeletedAt) = (row.CreatedAt, row.LastTestAt, row.LastEventAt, row.LastReconcileAt, row.SubscriptionDeletedAt);
        (Host, Events) = (host, events);
    }

    public long Id { get; }
    public string Hostname { get; }

    /// <summary>Null where the administrator no longer allows the host (<c>Registries:AllowedHosts</c>).</summary>
    public RegistryHostname? Host { get; }
    public IntegrationState State { get; }
    public string? StateReason { get; }
    public string TokenName { get; }
    public string SystemTopic { get; init; }
    public bool UsesExistingTopic { get; init; }
    public bool HasToken { get; }

    /// <summary>Whether the dashboard signs in by its own identity; there is no token then that it would use.</summary>
    public bool UsesIdentity { get; init; }

    /// <summary>Where the registry lies in Azure; null where that is not known.</summary>
    public AzurePlace? Place { get; }

    /// <summary>What the registry is called in Azure; null where that is not known.</summary>
    public AzureRegistryId? AzureId => Place is not null && Host is { IsAzure: true } ? AzureRegistryId.Create($"{Place.Subscription}", Place.ResourceGroup, Host.RegistryName) : null;
    public DateOnly? TokenExpiresOn { get; }

    /// <summary>Which of the token's two passwords is stored; null where nobody knows.</summary>
    public string? TokenPassword { get; }

    /// <summary>Which of the two was made to be stored and is not, so that nobody has it; null where there is none.</summary>
    public string? UnstoredPassword { get; }

    /// <summary>As <see cref="Integration.RotateBefore"/>.</summary>
    public int? RotateBefore { get; }

    /// <summary>How many days before its last day the password is rotated by itself; 0: never.</summary>
    public int RotatesBefore => Rotations.DaysOf(RotateBefore, TokenPassword);

    /// <summary>What became of the rotations of the stored token.</summary>
    public RotationResult Rotation { get; }

    /// <summary>What Azure said last of what the template made; null where it was not asked.</summary>
    public WatchResult? Watch { get; }
    public DateTime CreatedAt { get; }
    public DateTime? LastTestAt { get; }
    public DateTime? LastEventAt { get; }
    public DateTime? LastReconcileAt { get; }
    public DateTime? SubscriptionDeletedAt { get; }
    public int Repositories { get; init; }
    public int Enabled { get; init; }

    /// <summary>The newest 20.</summary>
    public IReadOnlyList<RegistryEvent> Events { get; }

    // The one in use never is, whatever was written down of it before that was known.
    internal static string? UnstoredOf(Integration row) => row.OldPasswordEndsAt is null && row.OldPassword != row.TokenPassword ? row.OldPassword : null;
}
