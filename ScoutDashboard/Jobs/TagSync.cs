using ScoutDashboard.Registry;

namespace ScoutDashboard.Jobs;

/// <summary>Lists a repository's tags and brings what is known up to date with them.</summary>
public sealed class TagSync(RegistryClient registry, TagLedger ledger)
{
    // ACR lists by time, so its newest are enough; others list by name, so all must be seen.
    private const int AzureLimit = 100;
    private const int OtherLimit = 1000;

    /// <returns>How many analyses were queued; call <see cref="JobQueue.Wake"/> if any.</returns>
    public async Task<int> SyncAsync(RegistryAccess access, long repositoryId, string repository, CancellationToken cancellationToken)
    {
        var known = await ledger.ReadAsync(repositoryId, cancellationToken);
        var limit = access.Hostname.IsAzure ? AzureLimit : OtherLimit;
        var listed = await registry.ListTagsAsync(access, repository, limit, cancellationToken);
        return await ledger.ApplyAsync(repositoryId, known, listed, limit, cancellationToken);
    }
}
