using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>Reads registries by the OCI distribution specification and ACR's own metadata API; throws <see cref="RegistryException"/>.</summary>
public sealed class RegistryClient(RegistrySession session, BlobOpener blobs)
{
    private const int MaxManifestBytes = 4 * 1024 * 1024;
    private const int MaxPageBytes = 4 * 1024 * 1024;
    private const int MaxPages = 10_000;
    private const int PageSize = 500;
    // Where the registry tells no times, so many tags are looked into for the newest image.
    private const int MaxTagsToDate = 50;

    private static readonly string[] ManifestTypes = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];

    /// <summary>Asks whether a registry answers there at all: name, connection, TLS and the form of <c>GET /v2/</c>'s answer; no credentials are sent.</summary>
    public Task CheckEndpointAsync(RegistryHostname hostname, CancellationToken cancellationToken) => session.CheckEndpointAsync(hostname, cancellationToken);

    /// <summary>Exchanges name and password for a token that allows nothing in particular.</summary>
    public Task CheckTokenAsync(RegistryAccess access, CancellationToken cancellationToken) => session.CheckTokenAsync(access, cancellationToken);

    /// <summary>Lists the catalogue's first name; null where it lists none (ACR answers so, too, where the scope map is narrower than <c>*</c>).</summary>
    public async Task<string?> CheckCatalogAsync(RegistryAccess access, CancellationToken cancellationToken)
    {
        await foreach (var name in ListRepositoriesAsync(access, 1, cancellationToken))
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
    public IAsyncEnumerable<string> ListRepositoriesAsync(RegistryAccess access, CancellationToken cancellationToken) => ListRepositoriesAsync(access, PageSize, cancellationToken);

    /// <summary>Tags with their digests, newest first where the registry tells times (ACR); at most <paramref name="limit"/>. Tags of signatures and attestations are left out.</summary>
    public async Task<IReadOnlyList<RegistryTag>> ListTagsAsync(RegistryAccess access, string repository, int limit, CancellationToken cancellationToken)
    {
        if (access.Hostname.IsAzure)
        {
            return await ListAzureTagsAsync(access, repository, limit, cancellationToken);
        }

        var tags = new List<RegistryTag>();
        foreach (var name in await ListTagNamesAsync(access, repository, limit, cancellationToken))
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
            return await ListAzureTagsAsync(access, repository, 1, cancellationToken) is [var newestTag, ..] ? newestTag : null;
        }

        var names = await ListTagNamesAsync(access, repository, int.MaxValue, cancellationToken);
        RegistryTag? latest = null;
        var newest = DateTime.MinValue;
        // The last by name are the likeliest; "latest" is looked at whatever its place.
        foreach (var name in names.OrderBy(name => name == "latest" ? 0 : 1).ThenByDescending(name => name, StringComparer.Ordinal).Take(MaxTagsToDate))
        {
            var manifest = await TryGetManifestAsync(access, repository, name, cancellationToken);
            if (manifest is null)
            {
                continue;
            }

            var created = await ReadCreatedAsync(access, repository, manifest, cancellationToken) ?? DateTime.MinValue;
            if (latest is null || created > newest)
            {
                (latest, newest) = (new RegistryTag(name, manifest.Digest, UpdatedAt: null), created);
            }
        }

        return latest;
    }

    /// <summary>A manifest by tag or digest; its digest is verified against the reference where that is one. At most 4 MiB.</summary>
    public async Task<Manifest> GetManifestAsync(RegistryAccess access, string repository, string reference, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Get, $"v2/{RepositoryPath.Of(repository)}/manifests/{Uri.EscapeDataString(reference)}", RegistryScope.Pull(repository), ManifestTypes);
        using var response = await session.SendAsync(access, request, cancellationToken);
        var body = await BodyReader.ReadAsync(response, MaxManifestBytes, "manifest", cancellationToken);
        var digest = Digest.Of(body);
        if (Digest.TryParse(reference, out var expected) && digest != expected)
        {
            throw new RegistryException(RegistryError.DigestMismatch, $"The registry sent another manifest than {expected.Value}: its bytes have the digest {digest.Value}.");
        }

        return ManifestReader.Read(body, digest, response.Content.Headers.ContentType?.MediaType);
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

    /// <summary>Opens a blob's stream. Nothing is verified: the reader must hash and count.</summary>
    public Task<Stream> OpenUnverifiedBlobAsync(RegistryAccess access, string repository, Descriptor blob, CancellationToken cancellationToken) =>
        blobs.OpenAsync(access, repository, blob.Digest, cancellationToken);

    private async IAsyncEnumerable<string> ListRepositoriesAsync(RegistryAccess access, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(access, $"v2/_catalog?n={pageSize}", RegistryScope.Catalog, cancellationToken))
        {
            foreach (var name in ListReader.Names(page, "repositories"))
            {
                yield return name;
            }
        }
    }

    private async Task<IReadOnlyList<RegistryTag>> ListAzureTagsAsync(RegistryAccess access, string repository, int limit, CancellationToken cancellationToken)
    {
        var tags = new List<RegistryTag>();
        // Signatures' tags are left out afterwards, so a page is never asked for as small as the limit.
        var path = $"acr/v1/{RepositoryPath.Of(repository)}/_tags?orderby=timedesc&n={Math.Clamp(limit, 20, PageSize)}";
        await foreach (var page in PagesAsync(access, path, RegistryScope.Metadata(repository), cancellationToken))
        {
            tags.AddRange(ListReader.AzureTags(page));
            if (tags.Count >= limit)
            {
                break;
            }
        }

        return [.. tags.OrderByDescending(tag => tag.UpdatedAt).Take(limit)];
    }

    private async Task<List<string>> ListTagNamesAsync(RegistryAccess access, string repository, int limit, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var page in PagesAsync(access, $"v2/{RepositoryPath.Of(repository)}/tags/list?n={PageSize}", RegistryScope.Pull(repository), cancellationToken))
        {
            names.AddRange(ListReader.Names(page, "tags").Where(name => !ListReader.IsReferrerTag(name)));
            if (names.Count >= limit)
            {
                return names[..limit];
            }
        }

        return names;
    }

    private async IAsyncEnumerable<byte[]> PagesAsync(RegistryAccess access, string path, RegistryScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var next = path; next is not null;)
        {
            if (!seen.Add(next) || seen.Count > MaxPages)
            {
                throw new RegistryException(RegistryError.BadResponse, "The registry's list does not end: a page leads back to an earlier one.");
            }

            using var response = await session.SendAsync(access, new RegistryRequest(HttpMethod.Get, next, scope, ["application/json"]), cancellationToken);
            yield return await BodyReader.ReadAsync(response, MaxPageBytes, "list", cancellationToken);
            next = NextPage.Of(response, access.Hostname);
        }
    }

    // A tag may vanish between the listing and this call.
    private async Task<Digest?> FindDigestAsync(RegistryAccess access, string repository, string tag, CancellationToken cancellationToken)
    {
        try
        {
            var request = new RegistryRequest(HttpMethod.Head, $"v2/{RepositoryPath.Of(repository)}/manifests/{Uri.EscapeDataString(tag)}", RegistryScope.Pull(repository), ManifestTypes);
            using var response = await session.SendAsync(access, request, cancellationToken);
            if (response.Headers.TryGetValues("Docker-Content-Digest", out var values) && Digest.TryParse(values.First(), out var digest))
            {
                return digest;
            }
        }
        catch (RegistryException exception) when (exception.Error == RegistryError.NotFound)
        {
            return null;
        }

        return (await TryGetManifestAsync(access, repository, tag, cancellationToken))?.Digest;
    }

    private async Task<Manifest?> TryGetManifestAsync(RegistryAccess access, string repository, string tag, CancellationToken cancellationToken)
    {
        try
        {
            return await GetManifestAsync(access, repository, tag, cancellationToken);
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
