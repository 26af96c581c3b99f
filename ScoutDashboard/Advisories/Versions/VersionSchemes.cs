using System.Collections.Frozen;

namespace ScoutDashboard.Advisories.Versions;

/// <summary>The version scheme of each ecosystem (OSV schema, affected[].ranges[].type ECOSYSTEM).</summary>
public static class VersionSchemes
{
    /// <summary>SemVer 2.0.</summary>
    public static readonly IVersionScheme SemVer = new SemVerScheme();

    private static readonly DpkgScheme Dpkg = new();
    private static readonly ApkScheme Apk = new();
    private static readonly RpmScheme Rpm = new();
    private static readonly NuGetScheme NuGet = new();
    private static readonly BitnamiScheme Bitnami = new();

    private static readonly FrozenDictionary<string, IVersionScheme> ByEcosystem = new Dictionary<string, IVersionScheme>
    {
        ["Debian"] = Dpkg,
        ["Ubuntu"] = Dpkg,
        ["Echo"] = Dpkg,
        ["Alpine"] = Apk,
        ["Wolfi"] = Apk,
        ["Chainguard"] = Apk,
        ["MinimOS"] = Apk,
        ["Alpaquita"] = Apk,
        ["BellSoft Hardened Containers"] = Apk,
        ["AlmaLinux"] = Rpm,
        ["Rocky Linux"] = Rpm,
        ["Red Hat"] = Rpm,
        ["SUSE"] = Rpm,
        ["openSUSE"] = Rpm,
        ["Azure Linux"] = Rpm,
        ["Photon OS"] = Rpm,
        ["openEuler"] = Rpm,
        ["Mageia"] = Rpm,
        ["NuGet"] = NuGet,
        ["PyPI"] = new Pep440Scheme(),
        ["Maven"] = new MavenScheme(),
        ["RubyGems"] = new RubyGemsScheme(),
        ["Packagist"] = new PackagistScheme(),
        ["npm"] = SemVer,
        ["crates.io"] = SemVer,
        ["Go"] = new GoScheme(),
        ["Bitnami"] = Bitnami,
        ["Hex"] = SemVer,
        ["Pub"] = new PubScheme(),
        ["ConanCenter"] = new ConanScheme(),
        ["Windows"] = NuGet, // four numbers
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The scheme of an ecosystem's base name (the part before the first colon), or null where we have none: its versions can't be ordered.</summary>
    public static IVersionScheme? Find(string ecosystemBase) => ByEcosystem.GetValueOrDefault(ecosystemBase);

    /// <summary>The scheme of one range: SemVer for every range of type SEMVER whatever its ecosystem, save Bitnami's, which name its revisions there, and Go's, whose own releases have other spellings.</summary>
    public static IVersionScheme? Find(string ecosystemBase, string rangeType) =>
        rangeType == "SEMVER" && Find(ecosystemBase) is not (BitnamiScheme or GoScheme) ? SemVer : Find(ecosystemBase);

    /// <summary>Every scheme, by name.</summary>
    public static IReadOnlyList<IVersionScheme> All { get; } = [.. ByEcosystem.Values.Distinct().OrderBy(scheme => scheme.Name, StringComparer.Ordinal)];

    /// <summary>The base names of the ecosystems that a scheme orders, sorted.</summary>
    public static IReadOnlyList<string> EcosystemsOf(IVersionScheme scheme) =>
        [.. ByEcosystem.Where(pair => pair.Value == scheme).Select(pair => pair.Key).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The scheme that a person names by its own name or by an ecosystem, with or without release, in any case; null where there is none.</summary>
    public static IVersionScheme? Named(string text)
    {
        var name = text.IndexOf(':') is var colon and >= 0 ? text[..colon] : text;
        return All.FirstOrDefault(scheme => scheme.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? ByEcosystem.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }
}
