using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Analysis;

/// <summary>
/// Tells a distribution's own packages from those that others built for it, of which its advisories know nothing. Who is not known counts as another: then the
/// advisories of the language are asked, and nothing is missed.
/// </summary>
internal static class PackageVendors
{
    // Where the maintainers of Debian and Ubuntu have their addresses; some tenth of Debian's have one elsewhere.
    private static readonly string[] DebianDomains = ["debian.org", "alioth-lists.debian.net", "ubuntu.com", "canonical.com"];

    public static bool IsOwn(FoundPackage package, Distribution distribution) => package.Type switch
    {
        "deb" => package.Vendor is { } maintainer && DebianDomains.Any(domain => IsAt(maintainer, domain)),
        "rpm" => package.Vendor is { } vendor && RpmVendors(distribution.Id).Any(own => vendor.StartsWith(own, StringComparison.OrdinalIgnoreCase)),
        // apk packages name persons, whoever built them.
        _ => true,
    };

    // Microsoft builds packages for other distributions, too.
    private static string[] RpmVendors(string distribution) => distribution switch
    {
        "almalinux" => ["AlmaLinux"],
        "rocky" => ["Rocky"],
        "rhel" => ["Red Hat"],
        "azurelinux" or "mariner" => ["Microsoft Corporation"],
        "photon" => ["VMware", "Broadcom"],
        "mageia" => ["Mageia"],
        "sles" or "opensuse-leap" or "opensuse-tumbleweed" => ["SUSE", "openSUSE"],
        _ => [],
    };

    // "Debian Python Team <team@tracker.debian.org>"
    private static bool IsAt(string maintainer, string domain)
    {
        var address = maintainer.AsSpan().TrimEnd().TrimEnd('>');
        var host = address[(address.LastIndexOf('@') + 1)..];
        return host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && (host.Length == domain.Length || host[^(domain.Length + 1)] == '.') && host.Length < address.Length;
    }
}
