using ScoutDashboard.Azure;
using ScoutDashboard.Consent;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>What is to be done at all tokens by now. Without an identity in Azure that is nothing, and nothing is told of it.</summary>
public sealed class RotationRound(AzureIdentities azure, RotationLedger ledger, TokenRotation rotation, OldPasswords old)
{
    /// <summary>Each can be run beside the others; what another replica has begun meanwhile does nothing.</summary>
    public async Task<IReadOnlyList<Func<CancellationToken, Task>>> ListDueAsync(CancellationToken cancellationToken)
    {
        if (azure.Own is not { } identity)
        {
            // Who acts with their own rights sees what failed until they have done it again.
            await (azure.AllowsConsent ? Task.CompletedTask : ledger.ForgetAsync(cancellationToken));
            return [];
        }

        var ended = await old.ListDueAsync(cancellationToken);
        var due = await ledger.ListDueAsync(cancellationToken);
        return [.. ended.Select(id => (Func<CancellationToken, Task>)(stopping => old.EndDueAsync(identity, id, stopping))), .. due.Select(id => (Func<CancellationToken, Task>)(stopping => RotateAsync(identity, id, stopping)))];
    }

    private async Task RotateAsync(ArmClients identity, long id, CancellationToken cancellationToken)
    {
        if (await ledger.BeginDueAsync(id, cancellationToken) is { } ticket)
        {
            // What becomes of it is written down with the integration.
            await foreach (var _ in rotation.RunAsync(identity, ticket, null, null, cancellationToken))
            {
            }
        }
    }
}
