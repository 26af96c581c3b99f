namespace ScoutDashboard.Registry;

/// <summary>One request to a registry's API; the path is relative to the registry's base address.</summary>
public sealed record RegistryRequest(HttpMethod Method, string Path, RegistryScope Scope, IReadOnlyList<string> Accept);

/// <summary>What a token must allow (Docker token scope syntax), and what it means when it does not.</summary>
public sealed record RegistryScope(string Value, RegistryError Denied)
{
    public static readonly RegistryScope Catalog = new("registry:catalog:*", RegistryError.CatalogDenied);

    public static RegistryScope Pull(string repository) => new($"repository:{repository}:pull", RegistryError.PullDenied);

    /// <summary>ACR's own lists of tags need this right instead of pull.</summary>
    public static RegistryScope Metadata(string repository) => new($"repository:{repository}:metadata_read", RegistryError.CatalogDenied);
}

/// <summary>Writes a repository's name into a path.</summary>
internal static class RepositoryPath
{
    /// <summary>Refuses names that would change the path (OCI distribution-spec, "name": segments of lower-case letters, digits and separators).</summary>
    public static string Of(string repository)
    {
        var valid = repository.Length is > 0 and <= 255
            && repository.Split('/').All(segment => segment is not ("" or "." or "..") && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));
        return valid ? repository : throw new RegistryException(RegistryError.NotFound, "The registry has no repository of this name: it is not a valid name.");
    }
}
