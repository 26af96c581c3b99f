using System.Runtime.CompilerServices;
using ScoutDashboard.Images;

namespace ScoutDashboard.Registry;

/// <summary>Reads the registry's lists page by page, within bounds; names that nothing could be read by are left out.</summary>
public sealed class RegistryLists(RegistrySession session)
{
    private const int PageSize = 500;
    private const int MaxPageBytes = 4 * 1024 * 1024;
    private const int MaxPages = 10_000;
    private const int MaxNames = 250_000;
    private const int MaxReferrers = 1000;
    private const int MaxReferrerPages = 32;

    /// <summary>The catalogue, in the registry's order.</summary>
    public IAsyncEnumerable<string> RepositoriesAsync(RegistryAccess access, int? pageSize, CancellationToken cancellationToken) =>
        NamesAsync(access, $"v2/_catalog?n={pageSize ?? PageSize}", RegistryScope.Catalog, "repositories", RepositoryPath.IsRepository, cancellationToken);

    /// <summary>Names of tags, in the registry's order, without those of signatures.</summary>
    public async Task<List<string>> TagNamesAsync(RegistryAccess access, string repository, int limit, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        var path = $"v2/{RepositoryPath.Of(repository)}/tags/list?n={PageSize}";
        await foreach (var name in NamesAsync(access, path, RegistryScope.Pull(repository), "tags", name => RepositoryPath.IsTag(name) && !ListReader.IsReferrerTag(name), cancellationToken))
        {
            names.Add(name);
            if (names.Count >= limit)
            {
                break;
            }
        }

        return names;
    }

    /// <summary>ACR's tags, newest first.</summary>
    public async Task<IReadOnlyList<RegistryTag>> AzureTagsAsync(RegistryAccess access, string repository, int limit, CancellationToken cancellationToken)
    {
        var tags = new List<RegistryTag>();
        // Signatures' tags are left out afterwards, so a page is never asked for as small as the limit.
        var path = $"acr/v1/{RepositoryPath.Of(repository)}/_tags?orderby=timedesc&n={Math.Clamp(limit, 20, PageSize)}";
        await foreach (var page in PagesAsync(access, path, RegistryScope.Metadata(repository), cancellationToken))
        {
            tags.AddRange(ListReader.AzureTags(page));
            Bound(tags.Count);
            // Where the order was not heeded, the newest may stand on any page.
            if (tags.Count >= limit && IsNewestFirst(tags))
            {
                break;
            }
        }

        return [.. tags.OrderByDescending(tag => tag.UpdatedAt).Take(limit)];
    }

    /// <summary>The referrers' list of the registry's API (OCI distribution-spec, "Listing Referrers"); a registry without that API answers NotFound.</summary>
    public async Task<IReadOnlyList<Descriptor>> ReferrersAsync(RegistryAccess access, string repository, Digest subject, CancellationToken cancellationToken)
    {
        var (referrers, pages) = (new List<Descriptor>(), 0);
        await foreach (var page in PagesAsync(access, $"v2/{RepositoryPath.Of(repository)}/referrers/{subject.Value}", RegistryScope.Pull(repository), cancellationToken))
        {
            referrers.AddRange(ManifestReader.Read(page, Digest.Of(page), contentType: null, new ManifestLimits { ManifestChildren = MaxReferrers }).Content is ImageIndex index ? index.Manifests
                : throw new RegistryException(RegistryError.BadResponse, "The registry's list of referrers is no index."));
            if (referrers.Count > MaxReferrers || ++pages > MaxReferrerPages)
            {
                throw new RegistryException(RegistryError.TooLarge, $"The registry's list has more than {MaxReferrers} referrers, or more than {MaxReferrerPages} pages.");
            }
        }

        return referrers;
    }

    private static bool IsNewestFirst(List<RegistryTag> tags) => tags.Zip(tags.Skip(1)).All(pair => !(pair.First.UpdatedAt < pair.Second.UpdatedAt));

    private async IAsyncEnumerable<string> NamesAsync(RegistryAccess access, string path, RegistryScope scope, string property, Predicate<string> isName,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var page in PagesAsync(access, path, scope, cancellationToken))
        {
            foreach (var name in ListReader.Names(page, property))
            {
                Bound(++count);
                if (isName(name))
                {
                    yield return name;
                }
            }
        }
    }

    private async IAsyncEnumerable<byte[]> PagesAsync(RegistryAccess access, string path, RegistryScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var next = path; next is not null;)
        {
            if (!seen.Add(next))
            {
                throw new RegistryException(RegistryError.BadResponse, "The registry's list does not end: a page leads back to an earlier one.");
            }

            if (seen.Count > MaxPages)
            {
                throw new RegistryException(RegistryError.TooLarge, $"The registry's list has more than {MaxPages} pages.");
            }

            using var response = await session.SendAsync(access, new RegistryRequest(HttpMethod.Get, next, scope, ["application/json"]), cancellationToken);
            yield return await BodyReader.ReadAsync(response, MaxPageBytes, "list", cancellationToken);
            next = NextPage.Of(response, access.Hostname);
        }
    }

    private static void Bound(int count)
    {
        if (count > MaxNames)
        {
            throw new RegistryException(RegistryError.TooLarge, $"The registry's list has more than {MaxNames} names.");
        }
    }
}
