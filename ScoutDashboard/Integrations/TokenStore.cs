using System.Globalization;
using Microsoft.EntityFrameworkCore;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Keeps what the dashboard signs in to registries by: their tokens, protected, or that it is its own identity.</summary>
public sealed class TokenStore(IDbContextFactory<ScoutDb> databases, SecretVault vault, TimeProvider clock)
{
    private const int MaxNameLength = 100;

    /// <summary>Whether a token may have this name: Azure's rule (letters, digits, dash, underscore; 5 to 50), or any user name that HTTP can carry.</summary>
    public static bool IsName(RegistryHostname hostname, string name) => hostname.IsAzure
        ? name.Length is >= 5 and <= 50 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
        : name.Length is > 0 and <= MaxNameLength && !name.Any(character => char.IsControl(character) || character == ':');

    /// <summary>Stores a token that was tested, in place of any before; the registry is connected from now on. Repositories, results and the webhook stay as they are.</summary>
    /// <param name="expiresOn">The last day of the password; null where the person doesn't say.</param>
    /// <returns>False where the registry was removed meanwhile.</returns>
    public Task<bool> StoreAsync(Actor actor, long id, RegistryHostname hostname, string name, string password, DateOnly? expiresOn, CancellationToken cancellationToken) =>
        StoreAsync(actor, id, hostname, name, password, expiresOn, null, cancellationToken);

    /// <summary>Stores a token of which is known which of its two passwords this is.</summary>
    public async Task<bool> StoreAsync(
        Actor actor, long id, RegistryHostname hostname, string name, string password, DateOnly? expiresOn, string? passwordName, CancellationToken cancellationToken) =>
        await StoreAsync(actor, id, new NextPassword(passwordName ?? "", new RegistryAccess(hostname, new RegistryCredentials(name, password)), expiresOn), null, cancellationToken) == SwitchOutcome.Done;

    /// <summary>Stores a password that Azure made for the dashboard, while the right to make it is held.</summary>
    /// <exception cref="ForbiddenException">The member is no administrator, or no longer.</exception>
    internal Task<SwitchOutcome> StoreIssuedAsync(Actor actor, long id, IssueOutcome.Made made, CancellationToken cancellationToken) => StoreAsync(actor, id, made.Password, made.Lease, cancellationToken);

    private async Task<SwitchOutcome> StoreAsync(Actor actor, long id, NextPassword next, TokenLease? lease, CancellationToken cancellationToken)
    {
        var (hostname, (name, password), expiresOn) = (next.Access.Hostname, next.Access.Credentials, next.ExpiresOn);
        var closed = vault.Protect(SecretKind.RegistryToken, hostname.Value, password);
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await ActiveIntegration.FindAsync(change, actor, id, cancellationToken) is not { } integration)
        {
            return SwitchOutcome.Gone;
        }

        if (lease is not null && integration.RotatingBy != lease.Holder)
        {
            return SwitchOutcome.Overtaken;
        }

        change.Note(integration.ProtectedToken is null ? AuditAction.TokenStored : AuditAction.TokenReplaced, hostname.Value, Detail(name, expiresOn));
        (integration.ProtectedToken, integration.TokenName, integration.UsesIdentity, integration.LastTestAt) = (closed, name, false, change.Now);
        (integration.State, integration.StateReason, integration.TokenExpiresOn) = (IntegrationState.Connected, null, expiresOn);
        // What was known of the one before tells nothing of this one, which may even be the one that was to end.
        (integration.TokenPassword, integration.OldPassword, integration.OldPasswordEndsAt) = (next.Name.Length > 0 ? next.Name : null, null, null);
        (integration.OldPasswordFailure, integration.OldPasswordRemedy) = (null, null);
        (integration.RotationFailure, integration.RotationRemedy, integration.RotationTriedAt, integration.RotationTriedBy, integration.RotatedAt) = (null, null, null, null, null);
        await change.CommitAsync(cancellationToken);
        return SwitchOutcome.Done;
    }

    /// <summary>The dashboard signs in by its own identity from now on, which was tested; a password that was stored is erased, with all that is known of it. Repositories, results and the webhook stay as they are.</summary>
    /// <returns>False where the registry was removed meanwhile.</returns>
    public async Task<bool> ChooseIdentityAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await ActiveIntegration.FindAsync(change, actor, id, cancellationToken) is not { } integration)
        {
            return false;
        }

        change.Note(AuditAction.IdentityChosen, integration.Hostname, integration.ProtectedToken is null ? "" : $"In place of {integration.TokenName}");
        (integration.UsesIdentity, integration.ProtectedToken, integration.TokenExpiresOn, integration.TokenPassword) = (true, null, null, null);
        (integration.OldPassword, integration.OldPasswordEndsAt) = (null, null);
        (integration.RotationFailure, integration.RotationRemedy, integration.RotationTriedAt, integration.RotationTriedBy, integration.RotatedAt) = (null, null, null, null, null);
        (integration.OldPasswordFailure, integration.OldPasswordRemedy) = (null, null);
        integration.Differences = WatchResult.Write(WatchResult.Read(integration.Differences).Where(difference => difference < AzureDifference.TokenGone));
        (integration.State, integration.StateReason, integration.LastTestAt) = (IntegrationState.Connected, null, change.Now);
        await change.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>The person says until when the stored token works, or that nobody knows.</summary>
    public async Task SetExpiryAsync(Actor actor, long id, DateOnly? expiresOn, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await ActiveIntegration.FindAsync(change, actor, id, cancellationToken) is { ProtectedToken: not null } integration)
        {
            integration.TokenExpiresOn = expiresOn;
            change.Note(AuditAction.TokenExpirySet, integration.Hostname, Detail(integration.TokenName, expiresOn));
            await change.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Writes down that the stored token was tested now.</summary>
    public async Task MarkTestedAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        await using var change = await MemberChange.BeginAsync(databases, actor, MemberRole.Administrator, clock, cancellationToken);
        if (await ActiveIntegration.FindAsync(change, actor, id, cancellationToken) is { } integration)
        {
            integration.LastTestAt = change.Now;
            change.Note(AuditAction.ConnectionTested, integration.Hostname);
            await change.CommitAsync(cancellationToken);
        }
    }

    private static string Detail(string name, DateOnly? expiresOn) =>
        expiresOn is { } day ? $"{name}, expires on {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : name;
}
