using System.Diagnostics.CodeAnalysis;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Sources;

/// <summary>Where a person says that an image is: <c>oci:DIR[:TAG]</c>, <c>archive:FILE[:TAG]</c> or <c>REGISTRY/REPOSITORY[:TAG|@DIGEST]</c>.</summary>
/// <param name="Kind">What lies there.</param>
/// <param name="Place">The folder, the file, or the registry's host.</param>
/// <param name="Repository">The repository's name; "" where there is no registry.</param>
/// <param name="Reference">Tag or digest, or null.</param>
public sealed record ImageLocation(ImageLocationKind Kind, string Place, string Repository, string? Reference)
{
    public const string Usage = "Write REGISTRY/REPOSITORY[:TAG|@DIGEST], oci:DIR[:TAG] or archive:FILE[:TAG].";

    /// <summary>The image's name without tag: registry and repository, or the folder's or file's own name.</summary>
    public string Name => Kind == ImageLocationKind.Registry ? $"{Place}/{Repository}" : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Place)));

    /// <summary>The tag, where the reference is one.</summary>
    public string? Tag => Digest.TryParse(Reference, out _) ? null : Reference;

    /// <summary>Reads a location; folders and files must exist, since a colon may be part of their names.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ImageLocation? location, [NotNullWhen(false)] out string? error)
    {
        (location, error) = text switch
        {
            _ when After(text, "oci:") is { } path => Local(ImageLocationKind.Layout, path, Directory.Exists, "folder"),
            _ when After(text, "archive:") is { } path => Local(ImageLocationKind.Archive, path, File.Exists, "file"),
            _ => Remote(text),
        };
        return location is not null;
    }

    private static string? After(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    // The longest path that exists; what follows it is the reference.
    private static (ImageLocation?, string?) Local(ImageLocationKind kind, string path, Predicate<string> exists, string what)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf(':', end - 1))
        {
            if (exists(path[..end]))
            {
                var reference = end + 1 < path.Length ? path[(end + 1)..] : null;
                return (new ImageLocation(kind, path[..end], "", reference), null);
            }
        }

        return (null, path.Length == 0 ? Usage : $"There is no {what} {path}.");
    }

    private static (ImageLocation?, string?) Remote(string text)
    {
        var slash = text.IndexOf('/');
        var host = slash < 0 ? "" : text[..slash].ToLowerInvariant();
        if (text.Contains("://", StringComparison.Ordinal) || !(host == "localhost" || host.AsSpan().IndexOfAny('.', ':') > 0))
        {
            return (null, $"{text} names no registry. {Usage}");
        }

        var rest = text[(slash + 1)..];
        var at = rest.IndexOf('@');
        if (at >= 0 && !Digest.TryParse(rest[(at + 1)..], out _))
        {
            return (null, $"{rest[(at + 1)..]} is no digest: it has the form sha256: and 64 lower-case hexadecimal digits.");
        }

        // A tag beside a digest is a remark for people.
        var name = at < 0 ? rest : rest[..at];
        var colon = name.LastIndexOf(':');
        var tag = colon < 0 ? null : name[(colon + 1)..];
        return (new ImageLocation(ImageLocationKind.Registry, host, colon < 0 ? name : name[..colon], at < 0 ? tag ?? "latest" : rest[(at + 1)..]), null);
    }
}

/// <summary>The kinds of places.</summary>
public enum ImageLocationKind { Registry, Layout, Archive }
