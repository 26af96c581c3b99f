using System.Diagnostics.CodeAnalysis;

namespace ScoutDashboard.Images;

/// <summary>A package URL taken apart (package-url/purl-spec, "How to parse a purl string in its components"), every part decoded.</summary>
/// <param name="Type">Lower case.</param>
/// <param name="Namespace">Segments parted by '/'; "" where there is none.</param>
/// <param name="Version">"" where there is none.</param>
/// <param name="Subpath">"" where there is none.</param>
public sealed record PackageUrlParts(string Type, string Namespace, string Name, string Version, IReadOnlyDictionary<string, string> Qualifiers, string Subpath)
{
    private const int MaxLength = 4096;
    private const int MaxQualifiers = 64;

    /// <summary>Reads what others wrote; forgiving where tools differ from the specification: a scope's <c>@</c> need not be encoded.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PackageUrlParts? parts)
    {
        parts = null;
        if (text is null || text.Length > MaxLength || !text.StartsWith("pkg:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var (rest, subpath) = Split(text[4..].TrimStart('/'), '#');
        (rest, var query) = Split(rest, '?');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
        {
            return false;
        }

        var path = rest[(slash + 1)..].Trim('/');
        // An @ at a segment's beginning is a scope's, not a version's.
        var at = path.LastIndexOf('@');
        var version = at > 0 && path[at - 1] != '/' ? path[(at + 1)..] : "";
        path = version.Length > 0 || (at > 0 && at == path.Length - 1) ? path[..at] : path;
        string[] segments = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        if (segments.Length == 0)
        {
            return false;
        }

        parts = new PackageUrlParts(
            rest[..slash].ToLowerInvariant(), string.Join('/', segments[..^1]), segments[^1], Uri.UnescapeDataString(version), ReadQualifiers(query),
            string.Join('/', subpath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)));
        return true;
    }

    private static (string Before, string After) Split(string text, char separator) =>
        text.IndexOf(separator, StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, "");

    private static Dictionary<string, string> ReadQualifiers(string query)
    {
        var qualifiers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries).Take(MaxQualifiers))
        {
            var (key, value) = Split(pair, '=');
            qualifiers[key.ToLowerInvariant()] = Uri.UnescapeDataString(value);
        }

        return qualifiers;
    }
}
