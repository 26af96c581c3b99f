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
