using System.Diagnostics.CodeAnalysis;

namespace ScoutDashboard.Images;

/// <summary>The parts of a package URL, decoded (package-url/purl-spec, "How to parse a purl string") and spelt as <see cref="PurlTypes"/> says.</summary>
/// <param name="Type">Lower case.</param>
/// <param name="Namespace">Segments parted by '/'; null where there is none.</param>
/// <param name="Qualifiers">By lower-case key; none is empty.</param>
public sealed record ParsedPackageUrl(string Type, string? Namespace, string Name, string? Version, IReadOnlyDictionary<string, string> Qualifiers, string? Subpath)
{
    private const int MaxLength = 4096;

    /// <summary>Reads what others wrote; what is longer than 4,096 characters is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ParsedPackageUrl? purl)
    {
        purl = null;
        if (text is null || text.Length > MaxLength)
        {
            return false;
        }

        var (rest, subpath) = SplitLast(text.Trim(), '#');
        (rest, var query) = SplitLast(rest, '?');
        if (!rest.StartsWith("pkg:", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        rest = rest[4..].Trim('/');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !IsType(rest[..slash]) || Read(query) is not { } qualifiers)
        {
            return false;
        }

        var type = rest[..slash].ToLowerInvariant();
        rest = rest[(slash + 1)..].Trim('/');
        string? version = null;
        // A scope's @ stands before the last slash.
        if (rest.LastIndexOf('@') is var at && at > rest.LastIndexOf('/'))
        {
            (version, rest) = (Decode(rest[(at + 1)..]), rest[..at]);
        }

        var last = rest.LastIndexOf('/');
        var name = Decode(rest[(last + 1)..]);
        return TryCreate(type, last < 0 ? null : Segments(rest[..last], _ => true), name, version, qualifiers, subpath is null ? null : Segments(subpath, segment => segment is not ("." or "..")), out purl);
    }

    /// <summary>Takes decoded parts; false where they are not those of a package URL, or the type does not allow them. Null and "" say that a part is not there.</summary>
    public static bool TryCreate(
        string? type, string? @namespace, string? name, string? version, IReadOnlyDictionary<string, string> qualifiers, string? subpath, [NotNullWhen(true)] out ParsedPackageUrl? purl)
    {
        purl = null;
        if (string.IsNullOrEmpty(type) || !IsType(type) || string.IsNullOrEmpty(name) || !qualifiers.Keys.All(IsKey)
            || PurlTypes.Spell(type, NullIfEmpty(@namespace), name, NullIfEmpty(version), qualifiers) is not { Name.Length: > 0 } parts)
        {
            return false;
        }

        purl = new ParsedPackageUrl(type, parts.Namespace, parts.Name, parts.Version, qualifiers, NullIfEmpty(subpath));
        return true;
    }

    /// <summary>The canonical text.</summary>
    public override string ToString()
    {
        // The only type whose names are paths.
        var path = Type == "git" ? $"{Namespace}/{Name}" : "";
        var split = path.LastIndexOf('/');
        var text = PackageUrl.Format(
            Type, split < 0 ? Namespace : path[..split], split < 0 ? Name : path[(split + 1)..], Version, [.. Qualifiers.Select(pair => (pair.Key, (string?)pair.Value))]);
        return Subpath is null ? text : $"{text}#{PackageUrl.Path(Subpath)}";
    }

    private static string? NullIfEmpty(string? text) => text is { Length: > 0 } ? text : null;

    private static (string Head, string? Tail) SplitLast(string text, char separator) =>
        text.LastIndexOf(separator) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, null);

    private static bool IsType(string type) => !char.IsAsciiDigit(type[0]) && type.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '+' or '-');

    private static bool IsKey(string key) => key.Length > 0 && !char.IsAsciiDigit(key[0]) && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');

    private static string? Segments(string path, Func<string, bool> counts) =>
        string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(counts).Select(Decode)) is { Length: > 0 } text ? text : null;

    private static Dictionary<string, string>? Read(string? query)
    {
        var qualifiers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !IsKey(pair[..equals]))
            {
                return null;
            }

            if (equals < pair.Length - 1 && !qualifiers.TryAdd(pair[..equals].ToLowerInvariant(), Decode(pair[(equals + 1)..])))
            {
                return null;
            }
        }

        return qualifiers;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);
}
