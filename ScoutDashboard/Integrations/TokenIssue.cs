using System.Globalization;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Has Azure make a password of the registry's token, so that nobody copies one from the portal.</summary>
public sealed class TokenIssue(AzureIdentities azure, IntegrationService integrations, IDbContextFactory<ScoutDb> databases, TimeProvider clock)
{
    /// <summary>What is told of a password for ever before it is made.</summary>
    public const string EndlessWarning = "A password that never ends also works for whoever steals it, until you disable the token.";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Whether there is somebody to ask and the registry's place is known.</summary>
    public async Task<bool> IsPossibleAsync(Actor actor, IntegrationDetails integration, CancellationToken cancellationToken) => integration.AzureId is not null && await azure.IsOnAsync(actor, cancellationToken);

    /// <summary>Whether Azure has the registry's token; false also where that can't be asked.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    internal async Task<bool> HasTokenAsync(Actor actor, IntegrationDetails integration, CancellationToken cancellationToken)
    {
        try
        {
            return integration.AzureId is { } registry && await azure.OfAsync(actor, cancellationToken) is { } identity
                && await identity.For(integration.Host).Tokens.FindAsync(registry, integration.TokenName, cancellationToken) is not null;
        }
        catch (ArmException)
        {
            return false;
        }
    }

    /// <summary>As the other, for a person who sees that there are two passwords: of those, the first is made anew.</summary>
    public Task<IssueOutcome> IssueAsync(Actor actor, long id, DateOnly? expiresOn, CancellationToken cancellationToken) => IssueAsync(actor, id, expiresOn, mayEndOne: true, cancellationToken);

    /// <summary>Waits until the token is there and makes a password; what it is stored for is the connection test's to say.</summary>
    /// <param name="expiresOn">The last day, UTC, on which it works; null: it never ends.</param>
    /// <param name="mayEndOne">Whether it may end a password that works, where two do and it is not known which is in use.</param>
    /// <exception cref="ForbiddenException">The member is no administrator.</exception>
    public async Task<IssueOutcome> IssueAsync(Actor actor, long id, DateOnly? expiresOn, bool mayEndOne, CancellationToken cancellationToken)
    {
        if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is not { AzureId: { } registry } integration || await azure.OfAsync(actor, cancellationToken) is not { } identity)
        {
            return new IssueOutcome.Failed($"{azure.Missing}, or it does not know where the registry lies.", "Paste a password that you generate.");
        }

        try
        {
            var tokens = identity.For(integration.Host).Tokens;
            var token = await ReadyAsync(tokens, registry, cancellationToken);
            if (token is null && !integration.UsesIdentity)
            {
                return new IssueOutcome.Failed($"The registry has no token {AzureNames.Token}.", "Go back and deploy first.");
            }

            if (token is { ProvisioningState: not "Succeeded" })
            {
                return new IssueOutcome.Failed($"Azure has not made the token yet; it says “{DisplayText.Sanitise(token.ProvisioningState, 40)}”.", "Try again in some minutes.");
            }

            // What was made before and never stored is in nobody's use: made anew, it leaves none behind that works and that nobody knows.
            var choice = integration.UnstoredPassword ?? PasswordChoice.Of(token?.Passwords ?? [], integration.TokenPassword, clock.GetUtcNow()).Next;
            if (choice is null && !mayEndOne)
            {
                return new IssueOutcome.Failed("The token has two passwords that work, and which of them somebody uses is not known.", "Make a new one on the registry's page in the dashboard, which ends password1, or paste one there.");
            }

            if (await NoteAsync(actor, integration, choice, cancellationToken) is not { } lease)
            {
                return new IssueOutcome.Failed($"Somebody rotates the token or has a password of it made at the moment, or did just now, or its registry was removed. Who is stopped by force in between has it for {TokenLease.Life.TotalSeconds:0} seconds.", "Try again in some minutes.");
            }

            return await MakeAsync(tokens, registry, integration, choice ?? PasswordChoice.First, token is not null, lease, expiresOn, cancellationToken);
        }
        catch (ArmException exception)
        {
            return new IssueOutcome.Failed(exception.Message, exception.Remedy);
        }
    }

    /// <summary>Has Azure end a password that was made and is not stored, and gives the right to the token back: what nobody keeps shall not work either. One that somebody made of its name since stays.</summary>
    /// <returns>Why it may still work; null where it does not.</returns>
    internal async Task<IssueOutcome.Failed?> TakeBackAsync(long id, IssueOutcome.Made made, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        try
        {
            // What is stored under its name by now has ended it, or is it.
            var isStored = await db.Integrations.AnyAsync(i => i.Id == id && i.RemovedAt == null && i.TokenPassword == made.Password.Name, cancellationToken);
            await (!isStored && made.Tokens is { } tokens ? tokens.EndPasswordAsync(made.Registry, AzureNames.Token, made.Password.IsMadeAs, cancellationToken) : Task.CompletedTask);
            await (made.Lease is { } lease ? ForgetAsync(db, id, made.Password.Name, lease, cancellationToken) : Task.CompletedTask);
            return null;
        }
        catch (ArmException exception)
        {
            return new IssueOutcome.Failed($"The password that was made could not be ended again: {made.Password.Name} of the token works{(made.Password.ExpiresOn is { } last ? $" until {last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "")}. {exception.Message}",
                "Nobody has it. Generate again here, which makes it anew, or delete it in Azure: in the registry, open Tokens.");
        }
        finally
        {
            await (made.Lease?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private async Task<IssueOutcome.Made> MakeAsync(
        ArmTokens tokens, AzureRegistryId registry, IntegrationDetails integration, string name, bool hasToken, TokenLease lease, DateOnly? expiresOn, CancellationToken cancellationToken)
    {
        // The right to the token is held by now: whoever leaves gives it back below.
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var isAsked = false;
        IssueOutcome.Made? made = null;
        try
        {
            if (!hasToken)
            {
                // The template makes none where the identity signs in, and whoever chose it was told to delete the one that there was.
                await tokens.PutAsync(registry, AzureNames.Token, AzureNames.ScopeMap, CancellationToken.None);
            }

            // The day is the last one: the password ends with it.
            DateTimeOffset? end = expiresOn is { } day ? new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null;
            if (!await lease.RenewAsync(CancellationToken.None))
            {
                throw new ArmException(ArmError.Conflict, "It took too long: somebody else has the right to the token by now.");
            }

            isAsked = true;
            var password = await tokens.GeneratePasswordAsync(registry, AzureNames.Token, name, end, CancellationToken.None);
            var access = new RegistryAccess(integration.Host!, new RegistryCredentials(AzureNames.Token, password.Value));
            made = new IssueOutcome.Made(new NextPassword(name, access, expiresOn) { Created = password.Created }, registry) { Lease = lease, Tokens = tokens };
        }
        catch (ArmException exception) when (name != integration.UnstoredPassword && (exception.IsRefusal || !isAsked))
        {
            // None was made: of this name may be somebody's tomorrow, which is not to be made anew then. One of before is still nobody's.
            await ForgetAsync(db, integration.Id, name, lease, CancellationToken.None);
            throw;
        }
        finally
        {
            await (made is null ? lease.DisposeAsync() : ValueTask.CompletedTask);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            // Azure makes what it was asked for, also for who leaves meanwhile: it is waited for, or nobody would end it.
            await TakeBackAsync(integration.Id, made, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return made;
    }

    // The mark of who has the right by now is theirs.
    private static Task<int> ForgetAsync(ScoutDb db, long id, string name, TokenLease lease, CancellationToken cancellationToken)
    {
        var holder = lease.Holder;
        return db.Integrations.Where(i => i.Id == id && i.OldPassword == name && i.OldPasswordEndsAt == null && i.RotatingBy == holder)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.OldPassword, (string?)null), cancellationToken);
    }

    // Right after a deployment it is there, but can't be asked for passwords (azure-cli waits, too).
    private async Task<RegistryToken?> ReadyAsync(ArmTokens tokens, AzureRegistryId registry, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (true)
        {
            var token = await tokens.FindAsync(registry, AzureNames.Token, cancellationToken);
            if (token is null || token.ProvisioningState is "Succeeded" or "Failed" or "Canceled" || clock.GetElapsedTime(start) > Patience)
            {
                return token;
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    // Takes the right to the token, as a rotation does: both would make the same password, and the first would store one that the second has ended.
    private async Task<TokenLease?> NoteAsync(Actor actor, IntegrationDetails seen, string? choice, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await ActiveIntegration.FindAsync(change, actor, seen.Id, cancellationToken) is not { } integration || TokenLease.IsHeld(integration.RotatingUntil, change.Now))
        {
            return null;
        }

        // It was chosen by what was so before Azure was asked, which may be minutes ago.
        if (integration.TokenPassword != seen.TokenPassword || IntegrationDetails.UnstoredOf(integration) != seen.UnstoredPassword)
        {
            return null;
        }

        if (integration.TokenPassword is null && choice is not null)
        {
            // Written down before it is made: whoever is stopped in between could not tell afterwards that it is nobody's. Of two that work, the first may still be somebody's then.
            (integration.OldPassword, integration.OldPasswordEndsAt) = (choice, null);
        }

        var lease = TokenLease.Take(integration, databases, clock);
        change.Note(AuditAction.TokenIssued, integration.Hostname, $"{AzureNames.Token}, {choice ?? PasswordChoice.First}");
        await change.CommitAsync(cancellationToken);
        return lease;
    }
}

/// <summary>What became of a password that was asked for.</summary>
public abstract record IssueOutcome
{
    /// <param name="Password">Holds the secret.</param>
    /// <param name="Registry">At which it was made.</param>
    public sealed record Made(NextPassword Password, AzureRegistryId Registry) : IssueOutcome
    {
        /// <summary>While it is held, nobody else makes a password of the token; null where Azure did not make this one.</summary>
        public TokenLease? Lease { get; init; }

        /// <summary>Where and by whose rights it was made, and is ended again where nobody keeps it; null where Azure did not make it.</summary>
        internal ArmTokens? Tokens { get; init; }

        public override string ToString() => nameof(Made);
    }

    public sealed record Failed(string Message, string Remedy) : IssueOutcome;
}
