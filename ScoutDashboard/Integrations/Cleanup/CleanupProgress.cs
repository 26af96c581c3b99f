namespace ScoutDashboard.Integrations.Cleanup;

/// <summary>How far the deletion of a registry's resources is.</summary>
public sealed record CleanupProgress(IReadOnlyList<CleanupStep> Steps)
{
    /// <summary>Whether all that there was is gone.</summary>
    public bool IsClean => Steps.All(step => step.State == CleanupStepState.Gone);
}

/// <param name="Message">Why it was left or failed; "" otherwise.</param>
/// <param name="Remedy">What to do about that.</param>
public sealed record CleanupStep(AzureResource Resource, CleanupStepState State, string Message = "", string Remedy = "");

/// <summary>Gone: Azure was asked and no longer has it. Left: it is not the integration's to delete.</summary>
public enum CleanupStepState { Waiting, Running, Gone, Left, Failed }
