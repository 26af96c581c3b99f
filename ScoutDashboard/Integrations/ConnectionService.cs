using System.Runtime.CompilerServices;
using ScoutDashboard.Images;
using ScoutDashboard.Registry;

namespace ScoutDashboard.Integrations;

/// <summary>Enables registries by a token that works, and tests those that are enabled.</summary>
public sealed class ConnectionService(IntegrationService integrations, ConnectionTest test, TokenStore tokens, RegistryAccessProvider accesses)
{
    private const string Gone = "The registry was removed meanwhile, or its host is no longer allowed.";

    /// <summary>Tests a token and, only if all went well, stores it. Nothing is stored otherwise; a token that was stored before stays.</summary>
    /// <param name="expiresOn">The last day of the token's password; null where the person doesn't say.</param>
    public IAsyncEnumerable<ConnectionStep> EnableAsync(Actor actor, long id, RegistryCredentials credentials, DateOnly? expiresOn, CancellationToken cancellationToken) =>
        EnableAsync(actor, id, credentials, expiresOn, null, cancellationToken);

    /// <summary>The same with a password of which is known which of the token's two it is.</summary>
    public async IAsyncEnumerable<ConnectionStep> EnableAsync(
        Actor actor, long id, RegistryCredentials credentials, DateOnly? expiresOn, string? passwordName, [EnumeratorCancellation] CancellationToken cancellationToken)
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
            yield return await tokens.StoreAsync(actor, id, hostname, credentials.UserName, credentials.Password, expiresOn, passwordName, cancellationToken)
                ? new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Passed, "The token is stored, protected.")
                : new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Failed, Gone);
        }
    }

    /// <summary>Tests the stored token and lets the state follow.</summary>
    public async IAsyncEnumerable<ConnectionStep> TestAsync(Actor actor, long id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await integrations.FindToChangeAsync(actor, id, cancellationToken) is null || await accesses.FindAsync(id, cancellationToken) is not { } access)
        {
            yield return new ConnectionStep(ConnectionStage.Store, ConnectionStepState.Failed, "There is no stored token that can be used.") { Remedy = "Give the registry token again." };
            yield break;
        }

        ConnectionStep? failed = null;
        await foreach (var step in test.RunAsync(access, cancellationToken))
        {
            failed ??= step.State == ConnectionStepState.Failed ? step : null;
            yield return step;
        }

        await tokens.MarkTestedAsync(actor, id, cancellationToken);
        await accesses.ReportAsync(id, failed is { Error: { } error } ? new RegistryException(error, failed.Detail) : null, cancellationToken);
    }
}
