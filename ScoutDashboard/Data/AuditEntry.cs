using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ScoutDashboard.Images;

namespace ScoutDashboard.Data;

/// <summary>One line of the audit log: who did what, when, from where. It is only ever added, so it holds names instead of pointing at rows that may go.</summary>
public sealed class AuditEntry
{
    public long Id { get; set; }
    public int OrganizationId { get; set; }
    public DateTime At { get; set; }
    public AuditAction Action { get; set; }

    /// <summary>Null where nobody was signed in.</summary>
    public string? AccountId { get; set; }

    /// <summary>The account's name at that time, or the shell user's; <see cref="Actor.Dashboard"/> where nobody asked for it; empty where nobody was signed in.</summary>
    public required string Name { get; set; }

    /// <summary>What it was done to: a hostname, a repository, a member's name.</summary>
    public required string Subject { get; set; }

    /// <summary>The account that it was done to, where it was one: another may get its name once it is gone.</summary>
    public string? SubjectAccountId { get; set; }
    public string Detail { get; set; } = "";

    /// <summary>IP address; <see cref="Actor.Shell"/> where it was done from one; empty where the dashboard did it by itself.</summary>
    public required string Address { get; set; }
}

/// <summary>What is written down: everything that changes something for others or reveals a secret.</summary>
public enum AuditAction
{
    OrganizationSetUp, SignedIn, SignInFailed, SignedOut, PasswordChanged, PasswordChangeFailed, PasswordCheckFailed, SessionsEnded,
    SecondStepTurnedOn, SecondStepTurnedOff, RecoveryCodesMade, RecoveryCodeUsed, PasskeyAdded, PasskeyRenamed, PasskeyRemoved,
    MemberInvited, InvitationRevoked, InvitationAccepted, MemberAdded, RoleChanged, MemberRemoved,
    ApiKeyCreated, ApiKeyRevoked,
    AzureConsentGiven, AzureConsentEnded, AzureConsentRefused,
    IntegrationAdded, IntegrationRemoved, TokenIssued, TokenStored, TokenReplaced, IdentityChosen, TokenExpirySet, TokenRotated, TokenRotationFailed, TokenRotationSet, OldPasswordEnded, ConnectionTested, TopicChanged, RegistryMoved, AzureMended, DeploymentStarted, DeploymentConfirmed, TemplateShown, TemplateDownloaded, CleanupStarted, ReminderTickedOff,
    RepositoriesFound, RepositoryEnabled, RepositoryDisabled, AnalysisRequested, FeedsRefreshed,
    ExceptionCreated, ExceptionChanged, ExceptionEnded,
    BackedUp, Restored, AnalysesRemoved,
}

internal sealed class AuditEntryMapping : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("AuditEntries");
        builder.Property(e => e.Action).HasConversion<string>();
        builder.HasIndex(e => new { e.OrganizationId, e.At });
    }
}
