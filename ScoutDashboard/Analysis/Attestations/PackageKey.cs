using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis.Attestations;

/// <summary>Makes packages comparable whose purls different tools wrote: by type, name and version, spelt as the type's rules say (purl-spec, "PURL types").</summary>
internal static class PackageKey
{
    /// <summary>The key of one of ours.</summary>
    public static string Of(ParsedPackageUrl purl) => Of(purl, purl.Namespace ?? "", purl.Name);

    /// <summary>Every key by which another's package may be among ours: tools part names differently.</summary>
    public static IEnumerable<string> Candidates(ParsedPackageUrl purl)
    {
        yield return Of(purl);
        if (purl is { Type: "golang", Subpath: { } subpath })
        {
            // A module's path of more than three parts, as Syft writes it.
            yield return Of(purl, $"{purl.Namespace}/{purl.Name}", subpath);
        }
        else if (purl is { Type: "maven", Namespace: not null })
        {
            // Not every archive tells its group.
            yield return Of(purl, "", purl.Name);
        }
    }

    /// <summary>The key of a package that only has name and version.</summary>
    public static string OfName(string name, string version) => $"{name.ToLowerInvariant()} {(version is ['v', >= '0' and <= '9', ..] ? version[1..] : version)}";

    private static string Of(ParsedPackageUrl purl, string @namespace, string name)
    {
        var version = purl.Version ?? "";
        var full = (@namespace.Length == 0 ? name : $"{@namespace}/{name}").Trim('/');
        return purl.Type switch
        {
            // Whose distribution it is, the image tells; tools call them differently.
            "deb" or "apk" => $"{purl.Type} {name.ToLowerInvariant()} {Epoch(purl)}",
            "rpm" => $"rpm {name} {Epoch(purl)}",
            "pypi" => $"pypi {ComponentIdentity.PyPIName(name)} {version}",
            "golang" => $"golang {full.ToLowerInvariant()} {GoVersion(version)}",
            "composer" => $"composer {full.ToLowerInvariant()} {version.TrimStart('v')}",
            "npm" => $"npm {full.ToLowerInvariant()} {version}",
            "nuget" => $"nuget {name.ToLowerInvariant()} {version.ToLowerInvariant()}",
            _ => $"{purl.Type} {full} {version}",
        };
    }

    // Some write an epoch into the version, others beside it; none is the same as 0.
    private static string Epoch(ParsedPackageUrl purl)
    {
        var version = purl.Version ?? "";
        var colon = version.IndexOf(':', StringComparison.Ordinal);
        var epoch = colon > 0 ? version[..colon] : purl.Qualifiers.GetValueOrDefault("epoch") ?? "";
        return epoch.TrimStart('0').Length == 0 ? version[(colon + 1)..] : $"{epoch}:{version[(colon + 1)..]}";
    }

    private static string GoVersion(string version) =>
        version is ['v', >= '0' and <= '9', ..] ? version[1..] : version is ['g', 'o', >= '0' and <= '9', ..] ? version[2..] : version;
}
