using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;

namespace ScoutDashboard.Cli;

/// <summary>Removes a registry here and deletes in Azure what its integration made, or goes on with what an earlier removal left.</summary>
internal sealed class AzureRemove(AzureShell shell)
{
    private readonly AzureCleanup _cleanup = shell.Get<AzureCleanup>();
    private readonly RemovalService _removals = shell.Get<RemovalService>();

    /// <param name="hosts">The others whose subscriptions may be deleted, too.</param>
    public async Task<int> RunAsync(string text, bool isOnlyWhatIf, bool isAgreed, IReadOnlyCollection<string> hosts, bool erasesResults, CancellationToken cancellationToken)
    {
        if (!await _cleanup.IsOnAsync(shell.Actor, cancellationToken))
        {
            return await shell.FailAsync(AzureShell.NoIdentity);
        }

        var rows = (await shell.Get<IntegrationService>().ListAsync(shell.Actor.OrganizationId, cancellationToken)).Where(row => AzureShell.IsNamed(text, row.Hostname)).ToList();
        var reminders = (await _removals.ListRemindersAsync(shell.Actor.OrganizationId, cancellationToken)).Where(task => AzureShell.IsNamed(text, task.Hostname)).ToList();
        // The name in Azure may be that of several, each with a hostname of its own.
        if (rows.Select(row => row.Hostname).Concat(reminders.Select(task => task.Hostname)).Distinct().ToList() is { Count: > 1 } several)
        {
            return await shell.FailAsync($"Several have this name; give the hostname: {string.Join(", ", several)}.");
        }

        var (active, left) = (rows.FirstOrDefault(), reminders.LastOrDefault());
        if ((active?.Id ?? left?.IntegrationId) is not { } id)
        {
            return await shell.FailAsync($"There is no integration of {DisplayText.Sanitise(text, 100)}, nor anything left of one.");
        }

        switch (await _cleanup.PlanAsync(shell.Actor, id, cancellationToken))
        {
            case CleanupPlanOutcome.Failed failed:
                await shell.RefuseAsync(failed.Message, failed.Remedy);
                await shell.TellAsync("Nothing was done.");
                return ExitCode.Incomplete;
            case CleanupPlanOutcome.Seen { Plan: var plan }:
                await ShowAsync(plan, active is not null, hosts, erasesResults);
                if (isOnlyWhatIf)
                {
                    await shell.TellAsync("Nothing was done.");
                    return ExitCode.Good;
                }

                if (!isAgreed && !await shell.AskAsync($"This can't be undone. Type {plan.RegistryName} to confirm:", plan.RegistryName, cancellationToken))
                {
                    return ExitCode.Failed;
                }

                // First here, together with the reminders: whatever becomes of the rest, nothing is forgotten.
                await (active is null ? Task.FromResult(true) : _removals.RemoveAsync(shell.Actor, active.Id, erasesResults, cancellationToken));
                shell.HasBegun = true;
                return await DeleteAsync(plan, hosts, cancellationToken);
            default:
                return await shell.FailAsync("Where the registry lies in Azure is not known: remove it in the dashboard, whose reminders show how to delete the rest.");
        }
    }

    private async Task ShowAsync(CleanupPlan plan, bool isActive, IReadOnlyCollection<string> hosts, bool erasesResults)
    {
        foreach (var item in plan.Items)
        {
            await shell.WriteAsync($"{(IsConsented(item) ? WordOf(CleanupVerdict.Delete) : WordOf(item.Verdict))}: {AzureShell.NameOf(item.Resource)} {item.Reason}".TrimEnd());
        }

        foreach (var host in plan.Hosts.Where(host => !hosts.Contains(host, StringComparer.OrdinalIgnoreCase)))
        {
            await shell.TellAsync($"What belongs to {host} is only deleted with --also {host}.");
        }

        foreach (var host in hosts.Where(host => !plan.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase)))
        {
            await shell.TellAsync($"Nothing belongs to {host}.");
        }

        await (isActive ? shell.TellAsync($"{plan.Target.Hostname} is removed from the dashboard, too{(erasesResults ? ", and its images and findings are erased" : "")}.") : Task.CompletedTask);

        bool IsConsented(CleanupItem item) => item.Verdict == CleanupVerdict.Ask && hosts.Contains(item.Host, StringComparer.OrdinalIgnoreCase);
    }

    private async Task<int> DeleteAsync(CleanupPlan plan, IReadOnlyCollection<string> hosts, CancellationToken cancellationToken)
    {
        CleanupProgress? last = null;
        await foreach (var progress in _cleanup.RunAsync(shell.Actor, plan, new CleanupConsent(plan.RegistryName, hosts), cancellationToken))
        {
            foreach (var step in progress.Steps.Except(last?.Steps ?? []).Where(step => step.State != CleanupStepState.Waiting))
            {
                await shell.TellAsync($"{AzureShell.NameOf(step.Resource)}: {step.State}. {step.Message} {step.Remedy}".TrimEnd());
            }

            last = progress;
        }

        if (last is not { IsClean: true })
        {
            return ExitCode.Incomplete;
        }

        await shell.WriteAsync($"{plan.RegistryName}: nothing is left.");
        return ExitCode.Good;
    }

    private static string WordOf(CleanupVerdict verdict) => verdict switch
    {
        CleanupVerdict.Delete => "Delete",
        CleanupVerdict.Ask => "Only with --also",
        CleanupVerdict.Gone => "Gone already",
        _ => "Stays",
    };
}
