using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Integrations.Rotation;

namespace ScoutDashboard.Cli;

/// <summary>Connects a registry that the dashboard's identity sees: checks, preview, deployment, password, test. What is done already is not done twice.</summary>
internal sealed class AzureConnect(AzureShell shell)
{
    private readonly IntegrationService _integrations = shell.Get<IntegrationService>();

    public async Task<int> RunAsync(string text, bool isOnlyWhatIf, bool isAgreed, PasswordWish wish, CancellationToken cancellationToken)
    {
        var discovery = shell.Get<RegistryDiscovery>();
        if (!await discovery.IsOnAsync(shell.Actor, cancellationToken))
        {
            return await shell.FailAsync(AzureShell.NoIdentity);
        }

        if (await ChooseAsync(await discovery.ListAsync(shell.Actor, cancellationToken), text) is not { Place: { } place } registry)
        {
            return ExitCode.Failed;
        }

        var proposal = await _integrations.ProposeAsync(shell.Actor, registry.LoginServer, place, cancellationToken);
        if (proposal.Place is null)
        {
            return await shell.FailAsync($"{registry.LoginServer.Value} was added by its hostname, and where it lies is not known: remove it and connect it again.");
        }

        // Who is to sign in by the identity needs no token: none is made that nobody uses.
        proposal = wish.IsNone ? proposal with { UsesIdentity = true } : proposal;
        (proposal, var isDoomed) = await CheckAsync(proposal, cancellationToken);
        isDoomed |= !await PreviewAsync(proposal, cancellationToken);
        await WarnAsync(proposal, wish);
        if (isDoomed || isOnlyWhatIf)
        {
            await shell.TellAsync("Nothing was done.");
            return isDoomed ? ExitCode.Incomplete : ExitCode.Good;
        }

        if (!isAgreed && !await shell.AskAsync($"Connect {registry.LoginServer.Value} by this, in the resource group {place.ResourceGroup} of {registry.Subscription}? Type yes:", "yes", cancellationToken))
        {
            return ExitCode.Failed;
        }

        var id = (await _integrations.AddAsync(shell.Actor, registry.LoginServer, place, cancellationToken)).IntegrationId;
        shell.HasBegun = true;
        if (proposal.UsesExistingTopic)
        {
            await _integrations.SetTopicAsync(shell.Actor, id, proposal.SystemTopic, exists: true, cancellationToken);
        }

        return await DeployAsync(id, !wish.IsNone, cancellationToken) ? await EnableAsync(id, wish, cancellationToken) : ExitCode.Incomplete;
    }

    // Of a password that is made or may be: whose sign-in works gets none, and the identity never makes way unasked.
    private Task WarnAsync(IntegrationDetails proposal, PasswordWish wish) => wish is not { IsNone: false, Days: null } || (proposal.UsesIdentity && !wish.IsToken) ? Task.CompletedTask
        : shell.TellAsync($"{(proposal.HasToken ? "A password is made only if the registry refuses the token that is stored. " : "")}{TokenIssue.EndlessWarning}");

    // A name may be that of several registries, each with a hostname of its own.
    private async Task<DiscoveredRegistry?> ChooseAsync(DiscoveredRegistries seen, string text)
    {
        foreach (var problem in seen.Problems)
        {
            await shell.TellAsync($"{(problem.Subscription is null ? "Azure" : $"The subscription {problem.Subscription}")} could not be read. {problem.Message} {problem.Remedy}");
        }

        var named = seen.Registries.Where(registry => registry.Name.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase) || registry.LoginServer.Value.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase)).ToList();
        switch (named)
        {
            case [{ Place: not null } one]:
                return one;
            case []:
                await shell.TellAsync($"The dashboard's identity sees no registry {DisplayText.Sanitise(text, 100)} among {seen.Registries.Count} in {seen.Subscriptions} subscriptions.");
                return null;
            case [var one]:
                await shell.TellAsync($"Azure does not tell where {one.LoginServer.Value} lies.");
                return null;
            default:
                await shell.TellAsync($"Several have this name; give the hostname: {string.Join(", ", named.Select(registry => registry.LoginServer.Value))}.");
                return null;
        }
    }

    // Of a registry that has a topic already, only a subscription can be added to that.
    private async Task<(IntegrationDetails Proposal, bool IsDoomed)> CheckAsync(IntegrationDetails proposal, CancellationToken cancellationToken)
    {
        var (isDoomed, plan) = (false, proposal);
        await foreach (var finding in shell.Get<DeploymentCheck>().RunAsync(shell.Actor, proposal, cancellationToken))
        {
            if (finding.Topic is { } topic)
            {
                plan = plan with { SystemTopic = topic, UsesExistingTopic = true };
                await shell.TellAsync($"{finding.Kind}: the registry has the system topic {topic} already; a subscription is added to it.");
                continue;
            }

            isDoomed |= finding.State is CheckState.Failed or CheckState.Taken;
            await shell.TellAsync($"{finding.Kind}: {finding.State}. {finding.Detail} {finding.Remedy}".TrimEnd());
            foreach (var line in finding.Command?.Split('\n') ?? [])
            {
                await shell.TellAsync(line);
            }
        }

        return (plan, isDoomed);
    }

    private async Task<bool> PreviewAsync(IntegrationDetails proposal, CancellationToken cancellationToken)
    {
        switch (await shell.Get<DeploymentPreview>().AskAsync(shell.Actor, proposal, cancellationToken))
        {
            case PreviewOutcome.Seen seen:
                foreach (var line in seen.Lines)
                {
                    await shell.WriteAsync($"{line.Change}: {AzureShell.NameOf(line.Resource)} {line.Reason}".TrimEnd());
                }

                return true;
            case PreviewOutcome.Failed failed:
                await shell.RefuseAsync(failed.Message, failed.Remedy);
                return false;
            default:
                return false;
        }
    }

    private async Task<bool> DeployAsync(long id, bool withToken, CancellationToken cancellationToken)
    {
        DeploymentProgress? last = null;
        await foreach (var progress in shell.Get<DeploymentRun>().RunAsync(shell.Actor, id, withToken, cancellationToken))
        {
            foreach (var item in progress.Resources.Except(last?.Resources ?? []))
            {
                await shell.TellAsync($"{AzureShell.NameOf(item.Resource)}: {item.State}. {item.Fault}".TrimEnd());
            }

            last = progress;
        }

        if (last is { State: DeploymentState.Succeeded })
        {
            await _integrations.ConfirmDeploymentAsync(shell.Actor, id, cancellationToken);
            return true;
        }

        await shell.RefuseAsync(last?.Message ?? "", last?.Remedy ?? "");
        return false;
    }

    // How it signs in stays where it works: a new password would end one that somebody else uses. So does a token that could not be tested: only what the registry refuses is replaced.
    private async Task<int> EnableAsync(long id, PasswordWish wish, CancellationToken cancellationToken)
    {
        var connections = shell.Get<ConnectionService>();
        var present = await _integrations.FindToChangeAsync(shell.Actor, id, cancellationToken);
        if (wish.IsNone && present is not { UsesIdentity: true })
        {
            return await shell.PassesAsync(connections.EnableIdentityAsync(shell.Actor, id, cancellationToken)) ? await EndAsync(id, cancellationToken) : ExitCode.Incomplete;
        }

        if (present is { HasToken: true } || (present is { UsesIdentity: true } && !wish.IsToken))
        {
            var steps = new List<ConnectionStep>();
            if (await shell.PassesAsync(connections.TestAsync(shell.Actor, id, cancellationToken), steps))
            {
                return await EndAsync(id, cancellationToken);
            }

            if (present.UsesIdentity)
            {
                return await shell.RefuseAsync("The registry is not read by the dashboard's identity, by which it is connected.", "Mend what the test names, or run again with --token.");
            }

            if (!steps.Exists(NewPasswordTest.IsRefused))
            {
                return await shell.RefuseAsync("The token that is stored could not be tested, and stays.", "Run again once the registry can be reached.");
            }
        }

        var lastDay = wish.Days is { } count ? DateOnly.FromDateTime(shell.Get<TimeProvider>().GetUtcNow().UtcDateTime).AddDays(count) : (DateOnly?)null;
        return await shell.Get<TokenIssue>().IssueAsync(shell.Actor, id, lastDay, mayEndOne: false, cancellationToken) switch
        {
            IssueOutcome.Made made => await shell.PassesAsync(shell.Get<IssuedPassword>().EnableAsync(shell.Actor, id, made, cancellationToken)) ? await EndAsync(id, cancellationToken) : ExitCode.Incomplete,
            IssueOutcome.Failed failed => await shell.RefuseAsync(failed.Message, failed.Remedy),
            _ => ExitCode.Incomplete,
        };
    }

    private async Task<int> EndAsync(long id, CancellationToken cancellationToken)
    {
        var connected = await _integrations.FindToChangeAsync(shell.Actor, id, cancellationToken);
        await shell.WriteAsync($"{connected?.Hostname} is connected.");
        await (connected is { UsesIdentity: true, Host: { } host } && await shell.Get<TokenIssue>().HasTokenAsync(shell.Actor, connected, cancellationToken)
            ? shell.TellAsync($"The template's token is not used. Unless somebody else does: {AzureCommands.Delete(CleanupKind.RegistryToken, host.RegistryName, connected.TokenName)}") : Task.CompletedTask);
        return ExitCode.Good;
    }
}

/// <summary>What a person wants of a password.</summary>
/// <param name="IsNone">There is to be none: the dashboard's identity signs in.</param>
/// <param name="IsToken">There is to be one also where the dashboard's identity signs in by now; it does until the password has passed its test.</param>
/// <param name="Days">For how many days it works; null: for ever.</param>
internal sealed record PasswordWish(bool IsNone, bool IsToken, int? Days);
