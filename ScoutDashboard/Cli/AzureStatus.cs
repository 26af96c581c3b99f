using System.Globalization;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Cleanup;
using ScoutDashboard.Integrations.Watch;

namespace ScoutDashboard.Cli;

/// <summary>Tells each integration's state, its token's end, what of it lies in Azure, and what there is not as the template makes it.</summary>
internal sealed class AzureStatus(AzureShell shell)
{
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var integrations = shell.Get<IntegrationService>();
        var rows = await integrations.ListAsync(shell.Actor.OrganizationId, cancellationToken);
        var isAsked = await shell.Get<AzureCleanup>().IsOnAsync(shell.Actor, cancellationToken);
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
                isGood &= await ShowAsync(integration, cancellationToken);
            }
        }

        await (rows.Count == 0 ? shell.TellAsync("No registry is connected.") : isAsked ? Task.CompletedTask : shell.TellAsync($"Azure was not asked. {AzureShell.NoIdentity}"));
        foreach (var task in await shell.Get<RemovalService>().ListRemindersAsync(shell.Actor.OrganizationId, cancellationToken))
        {
            await shell.WriteAsync($"{task.Hostname}: removed; left in Azure: {task.ResourceName}{(task.Reason is { } why ? $" ({why})" : "")}");
        }

        return isGood ? ExitCode.Good : ExitCode.Incomplete;
    }

    // What a removal would find is what is there; whether that is as it should be is for the look to say.
    private async Task<bool> ShowAsync(IntegrationDetails integration, CancellationToken cancellationToken)
    {
        var plan = await shell.Get<AzureCleanup>().PlanAsync(shell.Actor, integration.Id, cancellationToken);
        var look = await shell.Get<AzureWatch>().AskAsync(shell.Actor, integration.Id, cancellationToken);
        foreach (var item in plan is CleanupPlanOutcome.Seen { Plan: { Target.IsLost: false } seen } ? ItemsOf(seen) : [])
        {
            await shell.WriteAsync($"  {AzureShell.NameOf(item.Resource)}: {(IsMissing(item) ? "missing" : "there")} {item.Reason}".TrimEnd());
        }

        foreach (var difference in look?.Differences ?? [])
        {
            await shell.WriteAsync($"  {FormattableString.Invariant(WatchWords.SentenceOf(difference, integration))}");
        }

        var gap = look?.Failure is { } failure ? $"{failure} {look.Remedy}" : plan switch
        {
            CleanupPlanOutcome.Failed failed => $"{failed.Message} {failed.Remedy}",
            // Also where nothing is looked at: without a token and without events.
            CleanupPlanOutcome.Seen { Plan.Target: { IsLost: true } lost } => lost.Gap,
            _ => null,
        };
        await (gap is not null ? shell.WriteAsync($"  Azure could not be asked for all of it. {gap}") : plan is null ? shell.WriteAsync("  Where the registry lies in Azure is not known.") : Task.CompletedTask);
        return gap is null && look is not { Differences.Count: > 0 };
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
