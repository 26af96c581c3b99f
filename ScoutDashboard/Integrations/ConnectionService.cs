using System.Runtime.CompilerServices;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Enables registries by a token or an identity that works, and tests those that are enabled.</summary>
public sealed class ConnectionService(IntegrationService integrations, ConnectionTest test, TokenStore tokens, RegistryAccessProvider accesses, IdentitySignIn identity)
{
    private const string Gone = "The registry was removed meanwhile, or its host is no longer allowed.";

    /// <summary>Tests a token and, only if all went well, stores it. Nothing is stored otherwise; a token that was stored before stays.</summary>
    /// <param name="expiresOn">The last day of the token's password; null where the person doesn't say.</param>
    public async IAsyncEnumerable<ConnectionStep> EnableAsync(Actor actor, long id, RegistryCredentials credentials, DateOnly? expiresOn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var integration = await integrations.FindToChangeAsync(actor, id, cancellationToken);
        if (integration?.Host is not { } hostname)
        {
            yield return new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Failed, Gone);
            yield break;
        }

        var isBroken = false;
        await foreach (var step in test.RunAsync(new RegistryAccess(hostname, credentials), cancellationToken))
        {
            isBroken |= step.State == ConnectionStepState.Failed;
            yield return step;
        }

        if (isBroken)
        {
            yield return new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Skipped, "Nothing was stored.");
        }
        else
        {
            yield return await tokens.StoreAsync(actor, id, hostname, credentials.UserName, credentials.Password, expiresOn, cancellationToken)
                ? new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Passed, "The token is stored, protected.")
                : new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Failed, Gone);
        }
    }

    /// <summary>Tests the dashboard's own identity and, only if all went well, signs in by it from now on; a token's password that was stored is then erased. Otherwise nothing changes.</summary>
    public async IAsyncEnumerable<ConnectionStep> EnableIdentityAsync(Actor actor, long id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is not { Host: { } hostname } integration || accesses.ByIdentity(hostname) is not { } access)
        {
            yield return new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Failed, "The dashboard has no identity that this registry could know, or the registry was removed meanwhile.");
            yield break;
        }

        var isBroken = false;
        await foreach (var step in test.RunAsync(access, cancellationToken))
        {
            isBroken |= step.State == ConnectionStepState.Failed;
            yield return await identity.ExplainAsync(step, integration, cancellationToken);
        }

        if (isBroken)
        {
            yield return new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Skipped, "Nothing was changed.");
        }
        else
        {
            yield return await tokens.ChooseIdentityAsync(actor, id, cancellationToken)
                ? new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Passed, integration.HasToken ? "The dashboard signs in by its own identity from now on; the stored password is erased." : "The dashboard signs in by its own identity; no password is stored.")
                : new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Failed, Gone);
        }
    }

    /// <summary>Tests how the dashboard signs in and lets the state follow.</summary>
    public async IAsyncEnumerable<ConnectionStep> TestAsync(Actor actor, long id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is not { } integration || await accesses.FindAsync(id, cancellationToken) is not { } access)
        {
            yield return await NothingAsync(actor, id, cancellationToken);
            yield break;
        }

        ConnectionStep? failed = null;
        await foreach (var step in test.RunAsync(access, cancellationToken))
        {
            failed ??= step.State == ConnectionStepState.Failed ? step : null;
            yield return access.Identity is null ? step : await identity.ExplainAsync(step, integration, cancellationToken);
        }

        await tokens.MarkTestedAsync(actor, id, cancellationToken);
        await accesses.ReportAsync(id, failed is { Error: { } error } ? new RegistryException(error, failed.Detail) : null, cancellationToken);
    }

    // Why there is nothing to test was written down a moment ago.
    private async Task<ConnectionStep> NothingAsync(Actor actor, long id, CancellationToken cancellationToken) =>
        await integrations.FindToChangeAsync(actor, id, cancellationToken) is { UsesIdentity: true } integration
            ? new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Failed, integration.StateReason ?? "The dashboard's identity can't be used.") { Remedy = "Set Azure:Identity, or give the registry a token." }
            : new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Failed, "There is no stored token that can be used.") { Remedy = "Give the registry token again." };
}
