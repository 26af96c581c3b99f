using System.Diagnostics.CodeAnalysis;
using ScoutDashboard.Images;

namespace ScoutDashboard.Exceptions;

/// <summary>
/// The package that an exception is for: a package URL without version, qualifiers and subpath. A risk that was accepted stays accepted in the next patch release, where
/// the vulnerability is still found; the name alone would mean packages of several ecosystems.
/// </summary>
public static class PackageScope
{
    /// <summary>The scope that a package is of.</summary>
    /// <param name="purl">Canonical, where an @ of a name is encoded.</param>
    public static string Of(string purl) => purl.AsSpan().IndexOfAny('@', '?', '#') is var end and >= 0 ? purl[..end] : purl;

    /// <summary>Reads what others wrote, with or without a version.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? scope)
    {
        scope = ParsedPackageUrl.TryParse(text, out var parsed) ? Of(parsed.ToString()) : null;
        return scope is not null;
    }
}
