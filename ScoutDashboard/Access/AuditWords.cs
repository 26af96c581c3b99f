using Microsoft.Extensions.Localization;
using ScoutDashboard.Data;
using ScoutDashboard.Parts;

namespace ScoutDashboard.Access;

/// <summary>What the interface calls the actions of the audit log.</summary>
public static class AuditWords
{
    public static string Of(AuditAction action, IStringLocalizer<UiText> texts) => action switch
    {
        AuditAction.OrganizationSetUp => texts["Set up"],
        AuditAction.SignedIn => texts["Signed in"],
        AuditAction.SignInFailed => texts["Sign-in failed"],
        AuditAction.SignedOut => texts["Signed out"],
        AuditAction.PasswordChanged => texts["Password changed"],
        AuditAction.PasswordChangeFailed => texts["Password change failed"],
        AuditAction.PasswordCheckFailed => texts["Password was wrong when asked again"],
        AuditAction.SecondStepTurnedOn => texts["Second step turned on"],
        AuditAction.SecondStepTurnedOff => texts["Second step turned off"],
        AuditAction.RecoveryCodesMade => texts["Recovery codes made"],
        AuditAction.RecoveryCodeUsed => texts["Recovery code used"],
        AuditAction.PasskeyAdded => texts["Passkey added"],
        AuditAction.PasskeyRenamed => texts["Passkey renamed"],
        AuditAction.PasskeyRemoved => texts["Passkey removed"],
        AuditAction.SessionsEnded => texts["Sessions ended"],
        AuditAction.MemberInvited => texts["Member invited"],
        AuditAction.InvitationRevoked => texts["Invitation taken back"],
        AuditAction.InvitationAccepted => texts["Invitation accepted"],
        AuditAction.MemberAdded => texts["Member added"],
        AuditAction.RoleChanged => texts["Role changed"],
        AuditAction.MemberRemoved => texts["Member removed"],
        AuditAction.ApiKeyCreated => texts["API key made"],
        AuditAction.ApiKeyRevoked => texts["API key revoked"],
        AuditAction.IntegrationAdded => texts["Integration added"],
        AuditAction.IntegrationRemoved => texts["Integration removed"],
        AuditAction.TokenStored => texts["Token stored"],
        AuditAction.TokenReplaced => texts["Token replaced"],
        AuditAction.IdentityChosen => texts["Own identity chosen"],
        AuditAction.TokenExpirySet => texts["Token expiry set"],
        AuditAction.TokenRotated => texts["Token rotated"],
        AuditAction.TokenRotationFailed => texts["Rotation of a token failed"],
        AuditAction.TokenRotationSet => texts["Rotation of a token set"],
        AuditAction.OldPasswordEnded => texts["Old password of a token ended"],
        AuditAction.ConnectionTested => texts["Connection tested"],
        AuditAction.TopicChanged => texts["System topic changed"],
        AuditAction.RegistryMoved => texts["Registry found elsewhere in Azure"],
        AuditAction.AzureMended => texts["Mended in Azure"],
        AuditAction.DeploymentConfirmed => texts["Deployment confirmed"],
        AuditAction.DeploymentStarted => texts["Deployment started"],
        AuditAction.TokenIssued => texts["Password of a token made"],
        AuditAction.TemplateShown => texts["Template shown"],
        AuditAction.TemplateDownloaded => texts["Template downloaded"],
        AuditAction.CleanupStarted => texts["Deletion in Azure started"],
        AuditAction.ReminderTickedOff => texts["Reminder ticked off"],
        AuditAction.RepositoriesFound => texts["New repositories found"],
        AuditAction.RepositoryEnabled => texts["Repository enabled"],
        AuditAction.RepositoryDisabled => texts["Repository disabled"],
        AuditAction.ExceptionCreated => texts["Exception created"],
        AuditAction.ExceptionChanged => texts["Exception changed"],
        AuditAction.ExceptionEnded => texts["Exception ended"],
        AuditAction.AnalysisRequested => texts["Analysis requested"],
        AuditAction.FeedsRefreshed => texts["Feeds refreshed"],
        AuditAction.BackedUp => texts["Backed up"],
        AuditAction.AnalysesRemoved => texts["Old analyses removed"],
        AuditAction.Restored => texts["Restored from back-up"],
        _ => action.ToString(),
    };
}
