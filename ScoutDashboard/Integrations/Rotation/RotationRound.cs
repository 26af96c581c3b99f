using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Images;

namespace ScoutDashboard.Integrations.Rotation;

/// <summary>What is to be done at all tokens by now. Without an identity in Azure that is nothing, and nothing is told of it.</summary>
public sealed class RotationRound(AzureIdentities azure, RotationLedger ledger, TokenRotation rotation, OldPasswords old)
{
    /// <summary>Each can be run beside the others; what another replica has begun meanwhile does nothing.</summary>
    /// <param name="actor">In whose name it is done; null: the dashboard's own, for nobody asked for it.</param>
    public async Task<IReadOnlyList<Func<CancellationToken, Task>>> ListDueAsync(Actor? actor, CancellationToken cancellationToken)
    {
        if (azure.Own is not { } identity)
        {
            // Who acts with their own rights sees what failed until they have done it again.
            await (azure.AllowsConsent ? Task.CompletedTask : ledger.ForgetAsync(cancellationToken));
            return [];
        }

        var ended = await old.ListDueAsync(cancellationToken);
        var due = await ledger.ListDueAsync(cancellationToken);
        return [.. ended.Select(id => (Func<CancellationToken, Task>)(stopping => old.EndDueAsync(identity, actor, id, stopping))), .. due.Select(id => (Func<CancellationToken, Task>)(stopping => RotateAsync(identity, actor, id, stopping)))];
    }

    private async Task RotateAsync(ArmClients identity, Actor? actor, long id, CancellationToken cancellationToken)
    {
        if (await ledger.BeginDueAsync(actor, id, cancellationToken) is { } ticket)
        {
            // What becomes of it is written down with the integration.
            await foreach (var _ in rotation.RunAsync(identity, ticket, null, null, cancellationToken))
            {
            }
        }
    }
}
