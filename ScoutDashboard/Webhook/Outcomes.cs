using ScoutDashboard.Data;
using ScoutDashboard.Jobs;

namespace ScoutDashboard.Webhook;

/// <summary>What may become of an event, as it is stored and shown.</summary>
internal static class Outcomes
{
    public const string Queued = "Analysis queued";
    public const string LaterEventsCame = "Later events came";
    public const string SubscriptionDeleted = "Event subscription was deleted";

    /// <summary>Null where it may change something.</summary>
    public static string? OfWhatChangesNothing(DeliveredEvent told) => told switch
    {
        { Kind: not RegistryEventKind.ImagePushed and not RegistryEventKind.ImageDeleted } => "Not used",
        { Repository: null } => "No repository in the event",
        { Kind: RegistryEventKind.ImageDeleted, Digest: null } => "No digest in the event",
        _ => null,
    };

    public static string Of(ChangeOutcome outcome) => outcome switch
    {
        ChangeOutcome.Queued => Queued,
        ChangeOutcome.AlreadyQueued => "Analysis was queued already",
        ChangeOutcome.AlreadyAnalysed => "Image was analysed already",
        ChangeOutcome.DeletedSince => "Image was deleted since",
        ChangeOutcome.RepositoryDisabled => "Repository not enabled",
        ChangeOutcome.Deleted => "Image marked as deleted",
        ChangeOutcome.PushedSince => "Image was pushed again since",
        _ => throw new NotSupportedException($"No event leads to {outcome}."),
    };
}
