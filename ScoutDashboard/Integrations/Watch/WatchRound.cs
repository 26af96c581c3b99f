using ScoutDashboard.Consent;

namespace ScoutDashboard.Integrations.Watch;

/// <summary>The daily look at what the templates made. Without an identity in Azure there is none.</summary>
public sealed class WatchRound(AzureIdentities azure, PlaceFinder places, AzureWatch watch)
{
    /// <summary>Each can be run beside the others; what another replica has begun meanwhile does nothing.</summary>
    public async Task<IReadOnlyList<Func<CancellationToken, Task>>> ListDueAsync(CancellationToken cancellationToken)
    {
        if (azure.Own is not { } identity)
        {
            await watch.ForgetAsync(cancellationToken);
            return [];
        }

        await places.FindAllAsync(identity, cancellationToken);
        return [.. (await watch.ListDueAsync(cancellationToken)).Select(id => (Func<CancellationToken, Task>)(stopping => watch.CheckDueAsync(id, stopping)))];
    }
}
