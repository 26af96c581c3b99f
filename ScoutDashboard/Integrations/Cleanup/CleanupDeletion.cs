using ScoutDashboard.Azure;

namespace ScoutDashboard.Integrations.Cleanup;

/// <summary>Deletes one resource, if the rules still allow it and the consent covers it, and makes sure that it is gone.</summary>
internal sealed class CleanupDeletion(CleanupRules rules, TimeProvider clock)
{
    private const string TickOff = "Tick it off if it shall stay.";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>What became of it, which Azure is asked for.</summary>
    public async Task<CleanupStep> DeleteAsync(AzureResource resource, CleanupConsent consent, CancellationToken cancellationToken)
    {
        ArmException? failure = null;
        try
        {
            // Whoever planned it saw it minutes ago: somebody may have come to it since.
            var item = await rules.AskAsync(resource, cancellationToken);
            if (item.Verdict == CleanupVerdict.Gone || !consent.Covers(item))
            {
                return item.Verdict == CleanupVerdict.Gone ? new CleanupStep(resource, CleanupStepState.Gone) : new CleanupStep(resource, CleanupStepState.Left, item.Reason, TickOff);
            }

            await rules.DeleteAsync(resource, cancellationToken);
        }
        catch (ArmException exception)
        {
            failure = exception;
        }

        return await VerifyAsync(resource, failure, cancellationToken);
    }

    // Also after a failure: an answer that got lost may have been a good one.
    private async Task<CleanupStep> VerifyAsync(AzureResource resource, ArmException? failure, CancellationToken cancellationToken)
    {
        try
        {
            for (var start = clock.GetTimestamp(); ;)
            {
                if ((await rules.AskAsync(resource, cancellationToken)).Verdict == CleanupVerdict.Gone)
                {
                    return new CleanupStep(resource, CleanupStepState.Gone);
                }

                if (failure is not null || clock.GetElapsedTime(start) > Patience)
                {
                    return failure is null ? new CleanupStep(resource, CleanupStepState.Failed, "Azure says that it is deleted, and still shows it.", "Look again in some minutes.")
                        : new CleanupStep(resource, CleanupStepState.Failed, failure.Message, failure.Remedy);
                }

                await Task.Delay(Pause, clock, cancellationToken);
            }
        }
        catch (ArmException exception)
        {
            return new CleanupStep(resource, CleanupStepState.Failed, (failure ?? exception).Message, (failure ?? exception).Remedy);
        }
    }
}
