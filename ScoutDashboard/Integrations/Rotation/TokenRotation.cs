using System.Runtime.CompilerServices;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>
/// Rotates a registry's token: has Azure make the password that is not in use, tests it, and only then stores it in place of the other, which goes on to work for a day.
/// What fails changes nothing of what is stored.
/// </summary>
/// <remarks>
/// Making a password ends the one of its name at once. So the one in use is never made anew: it is known where the dashboard had it made, follows where only one of the two
/// is alive and the stored one works, and is asked for otherwise. Who leaves in between has what was made ended again; who is stopped by force leaves a password that nobody
/// knows under the other name, which the next rotation makes anew.
/// </remarks>
public sealed class TokenRotation(AzureIdentities azure, RegistryLocator places, RotationLedger ledger, NewPasswordTest test, TimeProvider clock)
{
    private const string Nothing = "Nothing was changed: the token that is stored stays.";

    /// <summary>Whether there is somebody to ask and something to rotate.</summary>
    public async Task<bool> IsPossibleAsync(Actor actor, IntegrationDetails integration, CancellationToken cancellationToken) => integration is { AzureId: not null, HasToken: true } && await azure.IsOnAsync(actor, cancellationToken);

    /// <summary>Whether tokens are rotated and old passwords ended by themselves.</summary>
    public bool IsAutomatic => azure.Own is not null;

    /// <summary>Rotates now, step by step.</summary>
    /// <param name="expiresOn">The last day of the new password; null: it lasts as long as the one before.</param>
    /// <param name="inUse">Which of the two passwords a person says that is stored; null where they don't.</param>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async IAsyncEnumerable<ConnectionStep> RotateAsync(Actor actor, long id, DateOnly? expiresOn, string? inUse, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (inUse is not (null or PasswordChoice.First or PasswordChoice.Second))
        {
            throw new ArgumentException("There is no such password.", nameof(inUse));
        }

        // Before the right to the token is taken: who leaves or may not would leave that behind.
        var identity = await azure.OfAsync(actor, cancellationToken);
        if (await ledger.BeginAsync(actor, id, cancellationToken) is not { } ticket)
        {
            yield return new ConnectionStep(ConnectionStage.Make, ConnectionStepState.Failed, "The token is being rotated already, or the dashboard does not know where the registry lies.") { Remedy = "Look again in some minutes." };
            yield break;
        }

        await foreach (var step in RunAsync(identity, ticket, expiresOn, inUse, cancellationToken))
        {
            yield return step;
        }
    }

    /// <summary>Rotates where the registry refuses what is stored, as it does after the token was made anew.</summary>
    /// <returns>The step that failed; null where what is stored works by now, or could not be tried.</returns>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<ConnectionStep?> RepairAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        var identity = await azure.OfAsync(actor, cancellationToken);
        if (await ledger.BeginAsync(actor, id, cancellationToken) is not { } ticket)
        {
            return null;
        }

        var isRefused = false;
        try
        {
            isRefused = ticket.Present is not { } present || await test.IsAcceptedAsync(present, cancellationToken) == false;
        }
        finally
        {
            // Also where the page is closed.
            await (isRefused ? ValueTask.CompletedTask : ticket.Lease.DisposeAsync());
        }

        if (!isRefused)
        {
            return null;
        }

        ConnectionStep? failed = null;
        await foreach (var step in RunAsync(identity, ticket, null, null, cancellationToken))
        {
            failed ??= step.State == ConnectionStepState.Failed ? step : null;
        }

        return failed;
    }

    /// <summary>Rotates what a ticket was given for, step by step.</summary>
    /// <param name="identity">By whose rights; null where nobody is there to ask by.</param>
    public async IAsyncEnumerable<ConnectionStep> RunAsync(ArmClients? identity, RotationTicket ticket, DateOnly? expiresOn, string? inUse, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        NextPassword? unstored = null;
        try
        {
            yield return new ConnectionStep(ConnectionStage.Make, ConnectionStepState.Running);
            (ticket, var lost) = await LocateAsync(identity, ticket, cancellationToken);
            (var made, unstored, var isDoubtful) = lost is not null ? new Making(lost) : await MakeAsync(identity, ticket, expiresOn, inUse, cancellationToken);
            if (unstored is not { } next)
            {
                // Where nothing was made, what a person may not, or not any more, says nothing of the token to the others.
                await ledger.FailAsync(ticket, made.Detail, made.Remedy, isForAll: isDoubtful || identity is { IsPersons: false }, CancellationToken.None);
                yield return made;
                yield break;
            }

            yield return made;
            ConnectionStep? broken = null;
            await foreach (var step in test.RunAsync(next.Access, cancellationToken))
            {
                broken ??= step.State == ConnectionStepState.Failed ? step : null;
                yield return step;
            }

            // It is stored or it is not: nobody who leaves in between shall make that a question.
            var last = broken is null ? await SwitchAsync(identity, ticket, next, CancellationToken.None) : new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Skipped, Nothing);
            var left = last.State == ConnectionStepState.Passed ? "" : await TakeBackAsync(identity, ticket, next);
            unstored = null;
            await (broken is null ? Task.CompletedTask : ledger.FailAsync(ticket, $"The new password failed its test: {broken.Detail}{left}", broken.Remedy, isForAll: true, CancellationToken.None));
            yield return last with { Detail = last.Detail + left };
        }
        finally
        {
            await LeaveAsync(identity, ticket, unstored);
        }
    }

    // Also where the page is closed: what was made by then is known to nobody any more.
    private async Task LeaveAsync(ArmClients? identity, RotationTicket ticket, NextPassword? unstored)
    {
        try
        {
            if (unstored is not null && await TakeBackAsync(identity, ticket, unstored) is { Length: > 0 } left)
            {
                await ledger.FailAsync(ticket, $"The rotation was left before the new password was stored.{left}", "Rotate again, which makes it anew.", isForAll: true, CancellationToken.None);
            }
        }
        finally
        {
            await ticket.Lease.DisposeAsync();
        }
    }

    // A registry may be moved. Nothing is made at one that could not be looked at: it may be another by now.
    private async Task<(RotationTicket Ticket, ConnectionStep? Lost)> LocateAsync(ArmClients? identity, RotationTicket ticket, CancellationToken cancellationToken)
    {
        try
        {
            return (identity is not null ? await places.FindAsync(identity, ticket.Actor, ticket.IntegrationId, cancellationToken) : null) switch
            {
                RegistrySighting.Seen seen => (ticket with { Registry = seen.Registry.Id }, null),
                RegistrySighting.Lost lost => (ticket, Failed(lost.Message, lost.Remedy)),
                _ => (ticket, null),
            };
        }
        catch (ArmException exception)
        {
            return (ticket, Failed(exception.Message, exception.Remedy));
        }
    }

    private async Task<Making> MakeAsync(ArmClients? identity, RotationTicket ticket, DateOnly? expiresOn, string? said, CancellationToken cancellationToken)
    {
        if (identity is null)
        {
            return new Making(Failed($"{azure.Missing}.", azure.AllowsConsent ? "Consent again on this page, or replace the token by hand." : "Set Azure:Identity, or replace the token by hand."));
        }

        var isRemembered = false;
        string? asked = null;
        try
        {
            var (tokens, now) = (identity.For(ticket.Host).Tokens, clock.GetUtcNow());
            var token = await tokens.FindAsync(ticket.Registry, ticket.TokenName, cancellationToken);
            if (token is not { IsEnabled: true, ProvisioningState: "Succeeded" })
            {
                return new Making(token is null ? Failed($"The registry has no token {ticket.TokenName} in Azure.", "Deploy the template again, then have a password made or paste one.")
                    : token.IsEnabled ? Failed($"Azure has not finished the token; it says “{DisplayText.Sanitise(token.ProvisioningState, 40)}”.", "Try again in some minutes.")
                    : Failed($"The token {ticket.TokenName} is disabled in Azure.", "In the registry, open Tokens and enable it."));
            }

            if (ticket.InUse is null && said is not null && !token.Passwords.Any(password => password.Name == said && !(password.Expiry <= now)))
            {
                return new Making(Failed($"{said} is not alive in Azure, so that it can't be the one that is stored here.", "Say which one was pasted; if nobody knows, generate password1 anew in Azure and paste it."));
            }

            var choice = PasswordChoice.Of(token.Passwords, ticket.InUse ?? said, now);
            if (choice.Next is not { } name)
            {
                return new Making(Failed($"The token has two passwords that work, and nobody told which of them is stored here: making the other anew could end it.", "Say on the registry's page which one was pasted, then rotate there. If nobody knows, generate password1 anew in Azure and paste it."));
            }

            if (ticket.InUse is null && choice.InUse is { } found && await IsProvenAsync(ticket, said, cancellationToken))
            {
                isRemembered = await ledger.RememberAsync(ticket, found, cancellationToken);
                if (!isRemembered)
                {
                    return new Making(Failed("Somebody stored another token meanwhile.", "Rotate again if that one is to be rotated, too."));
                }
            }

            if (!await ticket.Lease.RenewAsync(cancellationToken))
            {
                return new Making(Failed("It took too long: another rotates the token by now.", "Look again in some minutes."));
            }

            var last = expiresOn ?? Rotations.NextEnd(DateOnly.FromDateTime(now.UtcDateTime), LifeOf(token, choice.InUse), ticket.Days);
            // The day is the last one: the password ends with it. Azure makes it also for who leaves meanwhile: it is waited for, or nobody would end it.
            asked = name;
            var made = await tokens.GeneratePasswordAsync(ticket.Registry, ticket.TokenName, name, new DateTimeOffset(last.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero), CancellationToken.None);
            return new Making(new ConnectionStep(ConnectionStage.Make, ConnectionStepState.Passed, $"Azure made {name}; the one in use still works."),
                new NextPassword(name, new RegistryAccess(ticket.Host, new RegistryCredentials(ticket.TokenName, made.Value)), last) { Created = made.Created });
        }
        catch (ArmException exception)
        {
            // What a person said, perhaps wrongly, is asked for again.
            await (isRemembered && said is not null ? ledger.RememberAsync(ticket, null, CancellationToken.None) : Task.FromResult(true));
            if (asked is null || exception.IsRefusal)
            {
                return new Making(Failed(exception.Message, exception.Remedy));
            }

            // By itself the one before is ended as long as it is that one; a person would be told that it still works, and to end it.
            await (identity.IsPersons ? ledger.ForgetOldAsync(ticket, asked, CancellationToken.None) : Task.CompletedTask);
            return new Making(Failed($"{exception.Message} Azure may have made {asked} all the same, which nobody has.", "Rotate again, which makes it anew."), IsDoubtful: true);
        }
    }

    // That one password is alive tells only of a stored one that works that it is this one.
    private async Task<bool> IsProvenAsync(RotationTicket ticket, string? said, CancellationToken cancellationToken) =>
        said is not null || (ticket.Present is { } access && await test.IsAcceptedAsync(access, cancellationToken) == true);

    private async Task<ConnectionStep> SwitchAsync(ArmClients? identity, RotationTicket ticket, NextPassword next, CancellationToken cancellationToken)
    {
        var outcome = await ledger.SwitchAsync(ticket, next, cancellationToken);
        if (outcome == SwitchOutcome.Overtaken && await ledger.RefreshAsync(ticket, cancellationToken) is { Present: { } present } newer)
        {
            // Theirs stays, unless it is the one that making ours has ended.
            outcome = await test.IsAcceptedAsync(present, cancellationToken) == false ? await ledger.SwitchAsync(newer, next, cancellationToken) : outcome;
        }

        return outcome switch
        {
            SwitchOutcome.Done => new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Passed, identity is { IsPersons: true }
                ? "The new password is stored, protected. The one before goes on to work until somebody ends it on this page." : "The new password is stored, protected. The one before goes on to work for a day and is then ended."),
            SwitchOutcome.Overtaken => new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Failed, "Somebody stored another token meanwhile, rotates it by now, or chose the dashboard's identity; that stays."),
            _ => new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Failed, "The registry was removed meanwhile."),
        };
    }

    // What is not kept shall not work either. That it may still is told, with what remains to be said of the failure.
    private async Task<string> TakeBackAsync(ArmClients? identity, RotationTicket ticket, NextPassword next)
    {
        if (await ledger.RefreshAsync(ticket, CancellationToken.None) is { } now && await MayBeStoredAsync(ticket, now, next))
        {
            return "";
        }

        try
        {
            await identity!.For(ticket.Host).Tokens.EndPasswordAsync(ticket.Registry, ticket.TokenName, next.IsMadeAs, CancellationToken.None);
            return "";
        }
        catch (ArmException)
        {
            return $" The new one could not be ended in Azure, where {next.Name} is alive until the next rotation.";
        }
    }

    // Somebody who pasted another meanwhile may have made theirs under this name; but not while ours works, for there is one of a name.
    private async Task<bool> MayBeStoredAsync(RotationTicket ticket, RotationTicket now, NextPassword next) =>
        now.InUse == next.Name || (now.InUse is null && now.Stored != ticket.Stored && await test.IsAcceptedAsync(next.Access, CancellationToken.None) != true);

    private static TimeSpan? LifeOf(RegistryToken token, string? inUse) =>
        token.Passwords.FirstOrDefault(password => password.Name == inUse) is { Expiry: { } end, Created: { } created } ? end - created : null;

    private static ConnectionStep Failed(string detail, string remedy) => new(ConnectionStage.Make, ConnectionStepState.Failed, detail) { Remedy = remedy };

    /// <param name="Step">How it ended.</param>
    /// <param name="Next">What was made; null where nothing was, or nobody knows.</param>
    /// <param name="IsDoubtful">Whether Azure may have made one that never came here.</param>
    private sealed record Making(ConnectionStep Step, NextPassword? Next = null, bool IsDoubtful = false);
}
