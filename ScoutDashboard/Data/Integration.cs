using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ScoutDashboard.Data;

/// <summary>One registry of the organization, from its hostname to its removal.</summary>
public sealed class Integration
{
    /// <summary>How many days before its last day a token is warned of.</summary>
    public const int TokenWarningDays = 14;

    /// <summary>How many days before its last day a password that the dashboard had made is rotated, unless somebody chose otherwise.</summary>
    public const int UsualRotation = 30;

    public long Id { get; set; }
    public int OrganizationId { get; set; }

    /// <summary>Login server as <c>RegistryHostname.Value</c>.</summary>
    public required string Hostname { get; set; }
    public IntegrationState State { get; set; }

    /// <summary>Why the state is <see cref="IntegrationState.Error"/>: one sentence for a person.</summary>
    public string? StateReason { get; set; }

    /// <summary>Whether the dashboard signs in by its own identity in Azure; there is no password then.</summary>
    public bool UsesIdentity { get; set; }

    /// <summary>User name of the registry token.</summary>
    public required string TokenName { get; set; }

    /// <summary>The Event Grid system topic that the deployment template names.</summary>
    public string SystemTopic { get; set; } = "docker-scout-repository";

    /// <summary>Whether the topic was there before and only a subscription is added to it; it then outlives the integration.</summary>
    public bool UsesExistingTopic { get; set; }

    /// <summary>Where the registry lies in Azure, if that is known: subscription, resource group and region as templates name it.</summary>
    public Guid? AzureSubscription { get; set; }
    public string? ResourceGroup { get; set; }
    public string? Location { get; set; }

    /// <summary>When Azure made the registry: one that was deleted and made again under its name is another one. Null where that is not known.</summary>
    public DateTime? RegistryMadeAt { get; set; }

    /// <summary>Resource id of the system topic, where it does not lie beside the registry.</summary>
    public string? TopicId { get; set; }

    /// <summary>The token's password, protected; null before it was given and after removal.</summary>
    public string? ProtectedToken { get; set; }

    /// <summary>Which of the token's two passwords is the stored one, as Azure names them (password1, password2); null where a person gave it and nobody knows.</summary>
    public string? TokenPassword { get; set; }

    /// <summary>
    /// The token's password that nobody uses any more: the one that was stored before, until it is ended in Azure; or, where that has no day, one that was made to be stored and
    /// is not. Null where there is none.
    /// </summary>
    public string? OldPassword { get; set; }
    public DateTime? OldPasswordEndsAt { get; set; }

    /// <summary>Why it could not be ended, as a sentence for a person; null where that was not tried or is done.</summary>
    public string? OldPasswordFailure { get; set; }
    public string? OldPasswordRemedy { get; set; }

    /// <summary>How many days before its last day the password is rotated by itself; 0: never; null: nobody chose.</summary>
    public int? RotateBefore { get; set; }

    /// <summary>Until when one who has a password made has the token to itself, renewed while it lives; whoever died with it is followed by another.</summary>
    public DateTime? RotatingUntil { get; set; }

    /// <summary>Which one that is: a text that no two share.</summary>
    public string? RotatingBy { get; set; }
    public DateTime? RotationTriedAt { get; set; }

    /// <summary>Who had it tried then; null where its day had come.</summary>
    public string? RotationTriedBy { get; set; }

    /// <summary>When the stored password took the place of the one before it.</summary>
    public DateTime? RotatedAt { get; set; }

    /// <summary>Why the last rotation failed, as a sentence for a person; null where it did not.</summary>
    public string? RotationFailure { get; set; }
    public string? RotationRemedy { get; set; }

    /// <summary>The last day of the token's password, as the person who gave it says; null where nobody said.</summary>
    public DateOnly? TokenExpiresOn { get; set; }

    /// <summary>When Azure was asked last whether all is as the template made it; null where never.</summary>
    public DateTime? WatchedAt { get; set; }

    /// <summary>Who asked then; null where the dashboard did by itself.</summary>
    public string? WatchedBy { get; set; }

    /// <summary>Until when one who asks daily has it to itself.</summary>
    public DateTime? WatchingUntil { get; set; }

    /// <summary>What differed then: names of <see cref="AzureDifference"/>, separated by commas; empty where nothing.</summary>
    public string Differences { get; set; } = "";

    /// <summary>Why some of it could not be asked, so that the rest tells not all; null where all could.</summary>
    public string? WatchFailure { get; set; }
    public string? WatchRemedy { get; set; }

    /// <summary>SHA-256 of the webhook key, by which events find their integration.</summary>
    public required byte[] WebhookKeyHash { get; set; }
    public required string ProtectedWebhookKey { get; set; }

    /// <summary>SHA-256 of the key in the address of the deployment template.</summary>
    public required byte[] TemplateKeyHash { get; set; }
    public required string ProtectedTemplateKey { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime? LastTestAt { get; set; }
    public DateTime? LastEventAt { get; set; }
    public DateTime? LastReconcileAt { get; set; }

    /// <summary>Start of the last listing of the catalogue that came to its end.</summary>
    public DateTime? ListedAt { get; set; }

    /// <summary>When Event Grid said that its subscription was deleted; a later event clears it.</summary>
    public DateTime? SubscriptionDeletedAt { get; set; }
    public DateTime? RemovedAt { get; set; }

    /// <summary>The hostname while connected, null once removed: what keeps a registry from being connected twice.</summary>
    public string? ActiveHostname { get; set; }
}

/// <summary>Where an integration stands.</summary>
public enum IntegrationState { WaitingForDeployment, WaitingForToken, Connected, Error, Removed }

/// <summary>What in Azure is not as the template made it.</summary>
public enum AzureDifference
{
    TopicGone, OtherTopic, SubscriptionGone, OtherEndpoint, OtherEvents, Filtered, SubscriptionInactive, TokenGone, TokenDisabled, OtherScopeMap, NarrowScopeMap,
}

internal sealed class IntegrationMapping : IEntityTypeConfiguration<Integration>
{
    public void Configure(EntityTypeBuilder<Integration> builder)
    {
        builder.Property(i => i.State).HasConversion<string>();
        builder.HasIndex(i => new { i.OrganizationId, i.ActiveHostname }).IsUnique();
        builder.HasIndex(i => i.WebhookKeyHash).IsUnique();
        builder.HasIndex(i => i.TemplateKeyHash).IsUnique();
        builder.HasOne<Organization>().WithMany().HasForeignKey(i => i.OrganizationId);
    }
}
