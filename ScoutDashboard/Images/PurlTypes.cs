namespace ScoutDashboard.Images;

/// <summary>
/// What single types of package URLs demand beyond the common syntax, and how they spell (package-url/purl-spec, types/*-definition.json). Not applied where
/// advisories tell spellings apart that a type calls equal (golang, npm), nor where a type demands a namespace that installed packages often do not tell
/// (deb, maven …).
/// </summary>
internal static class PurlTypes
{
    private static readonly HashSet<string> WithoutNamespace = new(StringComparer.Ordinal)
    {
        "bazel", "bitnami", "cargo", "chrome-extension", "cocoapods", "conda", "cran", "gem", "hackage", "julia", "mlflow", "nuget", "oci", "opam", "otp", "pub", "pypi", "vcpkg",
    };

    private static readonly HashSet<string> WithNamespace = new(StringComparer.Ordinal) { "git", "swift", "vscode-extension" };

    private static readonly HashSet<string> LowerNamespaces = new(StringComparer.Ordinal)
    {
        "alpm", "apk", "bitbucket", "brew", "composer", "deb", "github", "hex", "qpkg", "rpm", "vscode-extension",
    };

    private static readonly HashSet<string> LowerNames = new(StringComparer.Ordinal)
    {
        "alpm", "apk", "bitbucket", "brew", "chrome-extension", "composer", "deb", "github", "hex", "oci", "otp", "pub", "pypi", "vscode-extension",
    };

    /// <summary>The parts as the type spells them; null where the type does not allow them.</summary>
    public static (string? Namespace, string Name, string? Version)? Spell(string type, string? @namespace, string name, string? version, IReadOnlyDictionary<string, string> qualifiers)
    {
        if (WithoutNamespace.Contains(type) ? @namespace is not null : WithNamespace.Contains(type) && @namespace is null)
        {
            return null;
        }

        var isLower = LowerNames.Contains(type) || (type == "mlflow" && IsDatabricks(qualifiers));
        (@namespace, name) = (LowerNamespaces.Contains(type) ? @namespace?.ToLowerInvariant() : @namespace, isLower ? name.ToLowerInvariant() : name);
        return type switch
        {
            "pypi" => (null, string.Join('-', name.Split('-', '_', '.').Where(part => part.Length > 0)), version),
            "huggingface" => (@namespace, name, version?.ToLowerInvariant()),
            // The name of a distribution, not of a module in it.
            "cpan" when name.Contains("::", StringComparison.Ordinal) => null,
            "julia" when !qualifiers.ContainsKey("uuid") => null,
            "chrome-extension" when name.Length != 32 || name.AsSpan().ContainsAnyExceptInRange('a', 'p') || !IsDotted(version) => null,
            // The host is the namespace, the path on it the name.
            "git" when @namespace!.IndexOf('/') is var slash and > 0 => (@namespace[..slash], $"{@namespace[(slash + 1)..]}/{name}", version),
            _ => (@namespace, name, version),
        };
    }

    // Case counts on some servers, and does not on these.
    private static bool IsDatabricks(IReadOnlyDictionary<string, string> qualifiers) =>
        qualifiers.TryGetValue("repository_url", out var address) && Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Contains("databricks", StringComparison.OrdinalIgnoreCase);

    // One to four numbers.
    private static bool IsDotted(string? version) =>
        version is null || (version.Split('.') is { Length: <= 4 } parts && parts.All(part => part.Length > 0 && !part.AsSpan().ContainsAnyExceptInRange('0', '9')));
}
