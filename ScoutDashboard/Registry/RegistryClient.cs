namespace ScoutDashboard.Registry;

/// <summary>Reads registries by the OCI distribution specification and ACR's own metadata API; throws <see cref="RegistryException"/>.</summary>
public sealed class RegistryClient
{
    /// <summary>The names of all repositories, in the registry's order, page by page.</summary>
    public IAsyncEnumerable<string> ListRepositoriesAsync(RegistryAccess access, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Tags, newest first where the registry tells times (ACR); at most <paramref name="limit"/>.</summary>
    public Task<IReadOnlyList<RegistryTag>> ListTagsAsync(RegistryAccess access, string repository, int limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The tag that moved last, or null where the repository has none.</summary>
    public Task<RegistryTag?> FindLatestTagAsync(RegistryAccess access, string repository, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>A manifest by tag or digest; its digest is verified against the reference where that is one. At most 4 MiB.</summary>
    public Task<Manifest> GetManifestAsync(RegistryAccess access, string repository, string reference, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>A small blob (config), whole and verified by size and digest.</summary>
    public Task<byte[]> GetBlobAsync(RegistryAccess access, string repository, Descriptor blob, int maxBytes, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Opens a blob's stream. Nothing is verified: the reader must hash and count.</summary>
    public Task<Stream> OpenUnverifiedBlobAsync(RegistryAccess access, string repository, Descriptor blob, CancellationToken cancellationToken) => throw new NotImplementedException();
}
