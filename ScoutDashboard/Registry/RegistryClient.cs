using System.Security.Cryptography;
using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>Reads registries by the OCI distribution specification and ACR's own metadata API; throws <see cref="RegistryException"/>.</summary>
public sealed class RegistryClient(RegistrySession session, RegistryLists lists, BlobOpener blobs, ManifestLimits limits)
{
    // Where the registry tells no times, so many tags are looked into for the newest image.
    private const int MaxTagsToDate = 50;

    private static readonly string[] ManifestTypes = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];

    /// <summary>Asks whether a registry answers there at all: name, connection, TLS and the form of <c>GET /v2/</c>'s answer; no credentials are sent.</summary>
    public Task CheckEndpointAsync(RegistryHostname hostname, CancellationToken cancellationToken) => session.CheckEndpointAsync(hostname, cancellationToken);

    /// <summary>Exchanges name and password, or who the identity is, for a token that allows nothing in particular.</summary>
    /// <returns>What the registry says that an identity may do, in its own words (<c>read</c>, <c>write</c>); empty where it does not tell.</returns>
    public Task<IReadOnlyList<string>> CheckTokenAsync(RegistryAccess access, CancellationToken cancellationToken) => session.CheckTokenAsync(access, cancellationToken);

    /// <summary>Lists the catalogue's first name; null where it lists none (ACR answers so, too, where the scope map is narrower than <c>*</c>).</summary>
    public async Task<string?> CheckCatalogAsync(RegistryAccess access, CancellationToken cancellationToken)
    {
        await foreach (var name in lists.RepositoriesAsync(access, pageSize: 1, cancellationToken))
        {
            return name;
        }

        return null;
    }

    /// <summary>Reads the manifest of one image; false where the repository has no tag to read.</summary>
    public async Task<bool> CheckPullAsync(RegistryAccess access, string repository, CancellationToken cancellationToken)
    {
        var tags = await ListTagsAsync(access, repository, 1, cancellationToken);
        if (tags.Count == 0)
        {
            return false;
        }

        await GetManifestAsync(access, repository, tags[0].Digest.Value, cancellationToken);
        return true;
    }

    /// <summary>The names of all repositories, in the registry's order, page by page.</summary>
    public IAsyncEnumerable<string> ListRepositoriesAsync(RegistryAccess access, CancellationToken cancellationToken) => lists.RepositoriesAsync(access, pageSize: null, cancellationToken);

    /// <summary>Tags with their digests, newest first where the registry tells times (ACR); at most <paramref name="limit"/>. Tags of signatures and attestations are left out.</summary>
    public async Task<IReadOnlyList<RegistryTag>> ListTagsAsync(RegistryAccess access, string repository, int limit, CancellationToken cancellationToken)
    {
        if (access.Hostname.IsAzure)
        {
            return await lists.AzureTagsAsync(access, repository, limit, cancellationToken);
        }

        var tags = new List<RegistryTag>();
        foreach (var name in await lists.TagNamesAsync(access, repository, limit, cancellationToken))
        {
            if (await FindDigestAsync(access, repository, name, cancellationToken) is { } digest)
            {
                tags.Add(new RegistryTag(name, digest, UpdatedAt: null));
            }
        }

        return tags;
    }

    /// <summary>The tag that moved last, or null where the repository has none. Where the registry tells no times: the newest <c>created</c> of the images' configurations.</summary>
    public async Task<RegistryTag?> FindLatestTagAsync(RegistryAccess access, string repository, CancellationToken cancellationToken)
    {
        if (access.Hostname.IsAzure)
        {
            return await lists.AzureTagsAsync(access, repository, 1, cancellationToken) is [var newestTag, ..] ? newestTag : null;
        }

        var names = await lists.TagNamesAsync(access, repository, int.MaxValue, cancellationToken);
        RegistryTag? latest = null;
        RegistryException? unreadable = null;
        var newest = DateTime.MinValue;
        // The last by name are the likeliest; "latest" is looked at whatever its place.
        foreach (var name in names.OrderBy(name => name == "latest" ? 0 : 1).ThenByDescending(name => name, StringComparer.Ordinal).Take(MaxTagsToDate))
        {
            try
            {
                var manifest = await GetManifestAsync(access, repository, name, cancellationToken);
                var created = await ReadCreatedAsync(access, repository, manifest, cancellationToken) ?? DateTime.MinValue;
                if (latest is null || created > newest)
                {
                    (latest, newest) = (new RegistryTag(name, manifest.Digest, UpdatedAt: null), created);
                }
            }
            catch (RegistryException exception) when (exception.Error is RegistryError.NotFound or RegistryError.BadResponse or RegistryError.TooLarge or RegistryError.DigestMismatch)
            {
                // One old or broken image must not hide the others; gone since the listing is no fault at all.
                unreadable = exception.Error == RegistryError.NotFound ? unreadable : exception;
            }
        }

        return latest ?? (unreadable is null ? null : throw unreadable);
    }

    /// <summary>A manifest by tag or digest; its digest is verified against the reference where that is one; within the limits.</summary>
    public async Task<Manifest> GetManifestAsync(RegistryAccess access, string repository, string reference, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Get, RepositoryPath.Manifest(repository, reference), RegistryScope.Pull(repository), ManifestTypes);
        using var response = await session.SendAsync(access, request, cancellationToken);
        var body = await BodyReader.ReadAsync(response, limits.ManifestBytes, "manifest", cancellationToken);
        var digest = Digest.Of(body);
        if (Digest.TryParse(reference, out var expected) && digest != expected)
        {
            throw new RegistryException(RegistryError.DigestMismatch, $"The registry sent another manifest than {expected.Value}: its bytes have the digest {digest.Value}.");
        }

        return ManifestReader.Read(body, digest, response.Content.Headers.ContentType?.MediaType, limits);
    }

    /// <summary>Manifests that say that they are about this one; where the registry lacks the API for it, what the tag <c>sha256-&lt;hex&gt;</c> lists (OCI distribution-spec, "Referrers Tag Schema").</summary>
    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(RegistryAccess access, string repository, Digest subject, CancellationToken cancellationToken)
    {
        try
        {
            return await lists.ReferrersAsync(access, repository, subject, cancellationToken);
        }
        catch (RegistryException exception) when (exception.Error == RegistryError.NotFound)
        {
            return await FindTaggedReferrersAsync(access, repository, subject, cancellationToken);
        }
    }

    /// <summary>A small blob (config), whole and verified by size and digest.</summary>
    public async Task<byte[]> GetBlobAsync(RegistryAccess access, string repository, Descriptor blob, int maxBytes, CancellationToken cancellationToken)
    {
        if (blob.Size > maxBytes)
        {
            throw new RegistryException(RegistryError.TooLarge, $"Blob {blob.Digest.Value} has {blob.Size} bytes; at most {maxBytes} are read.");
        }

        await using var stream = await OpenUnverifiedBlobAsync(access, repository, blob, cancellationToken);
        var content = new byte[blob.Size];
        var length = await stream.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken);
        if (length < content.Length)
        {
            throw new RegistryException(RegistryError.Truncated, $"Blob {blob.Digest.Value} ended after {length} of {content.Length} bytes.");
        }

        if (await stream.ReadAsync(new byte[1], cancellationToken) != 0)
        {
            throw new RegistryException(RegistryError.DigestMismatch, $"Blob {blob.Digest.Value} is longer than the {content.Length} bytes that its manifest says.");
        }

        return Digest.FromHash(SHA256.HashData(content)) == blob.Digest ? content
            : throw new RegistryException(RegistryError.DigestMismatch, $"The bytes of blob {blob.Digest.Value} do not have this digest.");
    }

    /// <summary>Opens a blob's stream; a foreign one (a Windows base layer) at the first address that it gives. Nothing is verified: the reader must hash and count.</summary>
    public Task<Stream> OpenUnverifiedBlobAsync(RegistryAccess access, string repository, Descriptor blob, CancellationToken cancellationToken) =>
        blob is { IsForeign: true, Urls: [var location, ..] } ? blobs.OpenWindowsAsync(location, cancellationToken) : blobs.OpenAsync(access, repository, blob.Digest, cancellationToken);

    private async Task<IReadOnlyList<Descriptor>> FindTaggedReferrersAsync(RegistryAccess access, string repository, Digest subject, CancellationToken cancellationToken)
    {
        try
        {
            return (await GetManifestAsync(access, repository, $"sha256-{subject.Hex}", cancellationToken)).Content is ImageIndex index ? index.Manifests
                : throw new RegistryException(RegistryError.BadResponse, "The tag that should list the referrers is no index.");
        }
        catch (RegistryException exception) when (exception.Error == RegistryError.NotFound)
        {
            return [];
        }
    }

    // A tag may vanish between the listing and this call.
    private async Task<Digest?> FindDigestAsync(RegistryAccess access, string repository, string tag, CancellationToken cancellationToken)
    {
        try
        {
            var request = new RegistryRequest(HttpMethod.Head, RepositoryPath.Manifest(repository, tag), RegistryScope.Pull(repository), ManifestTypes);
            using var response = await session.SendAsync(access, request, cancellationToken);
            return response.Headers.TryGetValues("Docker-Content-Digest", out var values) && Digest.TryParse(values.First(), out var digest)
                ? digest : (await GetManifestAsync(access, repository, tag, cancellationToken)).Digest;
        }
        catch (RegistryException exception) when (exception.Error == RegistryError.NotFound)
        {
            return null;
        }
    }

    private async Task<DateTime?> ReadCreatedAsync(RegistryAccess access, string repository, Manifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.Content is ImageIndex index && index.Manifests.FirstOrDefault(child => child.Platform is { IsUnknown: false }) is { } child)
        {
            manifest = await GetManifestAsync(access, repository, child.Digest.Value, cancellationToken);
        }

        const int maxConfigBytes = 8 * 1024 * 1024;
        return manifest.Content is ImageManifest { Config.Size: <= maxConfigBytes } image
            ? ListReader.Created(await GetBlobAsync(access, repository, image.Config, maxConfigBytes, cancellationToken)) : null;
    }
}
