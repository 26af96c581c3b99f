using System.Globalization;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;

namespace ScoutDashboard.Cli;

/// <summary>Tells each integration's state, its token's end, and what of it lies in Azure.</summary>
internal sealed class AzureStatus(AzureShell shell)
{
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (integrations, cleanup) = (shell.Get<IntegrationService>(), shell.Get<AzureCleanup>());
        var rows = await integrations.ListAsync(shell.Actor.OrganizationId, cancellationToken);
        var isAsked = await cleanup.IsOnAsync(shell.Actor, cancellationToken);
        var isGood = true;
        foreach (var row in rows)
        {
            if (await integrations.FindToChangeAsync(shell.Actor, row.Id, cancellationToken) is not { } integration)
            {
                continue;
            }

            var end = integration.UsesIdentity ? "the dashboard's own identity" : integration.TokenExpiresOn is { } day ? $"token until {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : integration.HasToken ? "token without a known end" : "no token";
            await shell.WriteAsync($"{integration.Hostname}: {integration.State}{(integration.StateReason is { } reason ? $" ({reason})" : "")}, {end}");
            isGood &= integration.State == IntegrationState.Connected;
            if (isAsked)
            {
                isGood &= await ShowAsync(integration, await cleanup.PlanAsync(shell.Actor, row.Id, cancellationToken));
            }
        }

        await (rows.Count == 0 ? shell.TellAsync("No registry is connected.") : isAsked ? Task.CompletedTask : shell.TellAsync($"Azure was not asked. {AzureShell.NoIdentity}"));
        foreach (var task in await shell.Get<RemovalService>().ListRemindersAsync(shell.Actor.OrganizationId, cancellationToken))
        {
            await shell.WriteAsync($"{task.Hostname}: removed; left in Azure: {task.ResourceName}{(task.Reason is { } why ? $" ({why})" : "")}");
        }

        return isGood ? ExitCode.Good : ExitCode.Incomplete;
    }

    // What a removal would find is what is there.
    private async Task<bool> ShowAsync(IntegrationDetails integration, CleanupPlanOutcome? outcome)
    {
        switch (outcome)
        {
            case CleanupPlanOutcome.Seen seen:
                foreach (var item in ItemsOf(seen.Plan))
                {
                    await shell.WriteAsync($"  {AzureShell.NameOf(item.Resource)}: {(IsMissing(item) ? "missing" : "there")} {item.Reason}".TrimEnd());
                }

                // Where Azure can't send events, only the token was made. Nobody uses it where the dashboard's identity signs in. A token that somebody chose stands beside the template's own.
                var sends = shell.Get<PublicUrl>().IsReachableByAzure;
                return ItemsOf(seen.Plan).All(item => !(IsMissing(item) || item.Verdict == CleanupVerdict.Ask)
                    || (item.Resource.Kind == AzureResourceKind.Token ? integration.UsesIdentity || item.Resource.Name != integration.TokenName : !sends));
            case CleanupPlanOutcome.Failed failed:
                await shell.WriteAsync($"  Azure could not be asked. {failed.Message} {failed.Remedy}");
                return false;
            default:
                await shell.WriteAsync("  Where the registry lies in Azure is not known.");
                return true;
        }
    }

    // Where events come by a topic of somebody else's, that one is the registry's.
    private static IEnumerable<CleanupItem> ItemsOf(CleanupPlan plan)
    {
        var comes = plan.Items.Any(item => item.Resource.Kind == AzureResourceKind.EventSubscription && item.Verdict is not (CleanupVerdict.Gone or CleanupVerdict.Ask) && !item.IsOthers);
        return plan.Items.Select(item => comes && item.Resource.Kind == AzureResourceKind.SystemTopic && plan.Target.SubscribedTopicName is { } topic && !topic.Equals(item.Resource.Name, StringComparison.OrdinalIgnoreCase)
            ? new CleanupItem(item.Resource with { Name = DisplayText.Sanitise(topic, 60) }, CleanupVerdict.Stay) : item);
    }

    // What is there under the name, but of another resource, is not this registry's.
    private static bool IsMissing(CleanupItem item) => item.Verdict == CleanupVerdict.Gone || item.IsOthers;
}
