using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>A found package as advisories see it: purl-spec types, OSV schema names (affected[].package), Debian Policy 5.6.1 for sources.</summary>
/// <param name="Ecosystem">OSV ecosystem with release; "" where the distribution is unknown or is not one of the package's kind.</param>
/// <param name="AdvisoryName">Of a Maven artifact whose group is unknown <c>:artifact</c>: any group's may be meant.</param>
/// <param name="GroupHint">What its files tell of that group.</param>
/// <param name="Owner">The package of the distribution that brought it.</param>
/// <param name="Stream">Module and stream of an rpm package.</param>
/// <param name="StandIn">The shared framework whose assemblies are loaded instead of this package's.</param>
public sealed record ComponentIdentity(
    string Purl, string Type, string Ecosystem, string EcosystemBase, string Name, string Version, string AdvisoryName, string AdvisoryVersion,
    string? GroupHint = null, string? Owner = null, FrameworkStandIn? StandIn = null, string? Stream = null)
{
    /// <param name="package">What was found.</param>
    /// <param name="distribution">The distribution of the root that it lies in.</param>
    /// <param name="owner">
    /// The package of an operating system that brought it. Where that is the distribution's own, its advisories speak of it, with the versions that
    /// they fix it in; the language's advisories know nothing of those and are not asked.
    /// </param>
    /// <param name="standIn">What is loaded instead.</param>
    public static ComponentIdentity Of(FoundPackage package, Distribution? distribution, FoundPackage? owner = null, FrameworkStandIn? standIn = null)
    {
        if (owner is not null && distribution?.Ecosystem is { } covering && distribution.PackageType == owner.Type && PackageVendors.IsOwn(owner, distribution))
        {
            return new ComponentIdentity(
                PurlOf(package, distribution, owner.Name, isCovered: true), package.Type, covering.Name, covering.Base, package.Name, package.Version, "", package.Version, package.GroupHint, owner.Name);
        }

        var general = EcosystemOf(package, distribution);
        var isBySource = general?.NamesBuiltPackages != true;
        var advisoryVersion = AdvisoryVersionOf(package, isBySource);
        var ecosystem = general?.OfBuild(advisoryVersion);
        return new ComponentIdentity(
            PurlOf(package, distribution, owner?.Name, isCovered: false, standIn), package.Type, ecosystem?.Name ?? "", ecosystem?.Base ?? "", package.Name, package.Version, AdvisoryNameOf(package, isBySource),
            advisoryVersion, package.GroupHint, owner?.Name, standIn, package.Stream);
    }

    // A Debian package on an Alpine root is no package of Alpine's. Advisories on Java itself are Bitnami's; the builds of other vendors share its releases.
    private static Ecosystem? EcosystemOf(FoundPackage package, Distribution? distribution) => package.Type switch
    {
        "npm" => new Ecosystem(Images.Ecosystem.Npm),
        "nuget" => new Ecosystem(Images.Ecosystem.NuGet),
        "pypi" => new Ecosystem(Images.Ecosystem.PyPI),
        "golang" => new Ecosystem(Images.Ecosystem.Go),
        "cargo" => new Ecosystem(Images.Ecosystem.CratesIo),
        "gem" => new Ecosystem(Images.Ecosystem.RubyGems),
        "composer" => new Ecosystem(Images.Ecosystem.Packagist),
        "bitnami" => new Ecosystem(Images.Ecosystem.Bitnami),
        "maven" => new Ecosystem(Images.Ecosystem.Maven),
        "generic" when package.SourceName is not null => new Ecosystem(Images.Ecosystem.Bitnami),
        "windows" => Images.Ecosystem.OfWindows(package.Version),
        "deb" or "apk" or "rpm" => distribution?.PackageType == package.Type ? distribution.Ecosystem : null,
        _ => null,
    };

    // What a purl names is matched one way in all images: so it tells the owner, the distribution where that one's advisories are the ones that count, and what is loaded instead.
    private static string PurlOf(FoundPackage package, Distribution? distribution, string? owner, bool isCovered, FrameworkStandIn? standIn = null)
    {
        switch (package.Type)
        {
            case "deb" or "apk":
                return PackageUrl.Format(package.Type, distribution?.Id, package.Name, package.Version,
                    ("arch", package.Architecture), ("distro", distribution?.PurlDistro), ("upstream", Upstream(package)));
            case "rpm":
                var colon = package.Version.IndexOf(':', StringComparison.Ordinal);
                return PackageUrl.Format("rpm", distribution?.PurlNamespace, package.Name, package.Version[(colon + 1)..],
                    ("arch", package.Architecture), ("distro", distribution?.PurlDistro), ("epoch", colon < 0 ? null : package.Version[..colon]), ("rpmmod", package.Stream), ("upstream", Upstream(package)));
            case "npm" when package.Name.StartsWith('@') && package.Name.IndexOf('/') is var slash and > 0:
                return Of("npm", package.Name[..slash], package.Name[(slash + 1)..]);
            case "golang" when package.Name.LastIndexOf('/') is var slash and > 0:
                return Of("golang", package.Name[..slash], package.Name[(slash + 1)..]);
            case "composer" when package.Name.IndexOf('/') is var slash and > 0:
                return Of("composer", package.Name[..slash], package.Name[(slash + 1)..]);
            case "gem":
                return Of("gem", null, package.Name, ("platform", package.Architecture));
            case "maven" when package.Name.IndexOf(':') is var colonAt and > 0:
                return Of("maven", package.Name[..colonAt], package.Name[(colonAt + 1)..]);
            case "maven":
                return Of("maven", null, package.Name, ("package", package.GroupHint));
            // Not the registry's, nor the upstream program's, of the same name.
            case "application":
                return PackageUrl.Format("generic", null, package.Name, package.Version, ("kind", "application"));
            case "windows":
                return PackageUrl.Format("generic", "microsoft", package.Name, package.Version);
            case "nuget":
                return Of("nuget", null, package.Name, ("framework", standIn?.ToString()));
            case "pypi":
                return Of("pypi", null, PyPIName(package.Name));
            default:
                return Of(package.Type, null, package.Name);
        }

        string Of(string type, string? @namespace, string name, (string Key, string? Value) qualifier = default) => PackageUrl.Format(
            type, @namespace, name, package.Version, qualifier, ("distro", isCovered ? distribution?.PurlDistro : null), ("owner", owner));
    }

    private static string? Upstream(FoundPackage package)
    {
        var isSame = package.SourceVersion is null || package.SourceVersion == package.Version;
        return (package.SourceName, isSame) switch
        {
            (null, true) => null,
            (null, false) => $"{package.Name}@{package.SourceVersion}",
            (_, true) => package.SourceName == package.Name ? null : package.SourceName,
            _ => $"{package.SourceName}@{package.SourceVersion}",
        };
    }

    // Of rpm distributions some advisories name sources, some the built packages.
    private static string AdvisoryNameOf(FoundPackage package, bool isBySource) => package.Type switch
    {
        "deb" or "apk" or "generic" => package.SourceName ?? package.Name,
        "rpm" when isBySource => package.SourceName ?? package.Name,
        "pypi" => PyPIName(package.Name),
        "nuget" => package.Name.ToLowerInvariant(),
        "maven" => package.Name.Contains(':') ? package.Name : $":{package.Name}",
        _ => package.Name,
    };

    private static string AdvisoryVersionOf(FoundPackage package, bool isBySource) => package.Type switch
    {
        "deb" or "generic" => package.SourceVersion ?? package.Version,
        "rpm" when isBySource => package.SourceVersion ?? package.Version,
        "golang" when package.Name == "stdlib" => GoRelease.ToSemVer(package.Version),
        "golang" when package.Version is ['v', ..] => package.Version[1..],
        _ => package.Version,
    };

    // PEP 503, "Normalized Names".
    internal static string PyPIName(string name) => string.Join('-', name.ToLowerInvariant().Split(['-', '_', '.'], StringSplitOptions.RemoveEmptyEntries));
}
