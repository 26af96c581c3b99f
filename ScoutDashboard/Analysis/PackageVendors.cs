using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Analysis;

/// <summary>Tells a distribution's own packages from those of other vendors for it, of which its advisories know nothing.</summary>
internal static class PackageVendors
{
    // Debian's own maintainers have addresses everywhere, so the others are named.
    private static readonly string[] OtherMaintainers =
    [
        "@microsoft.com", "nodesource", "@hashicorp.com", "@docker.com", "@elastic.co", "@gitlab.com", "@mongodb.com", "@mariadb.com", "@percona.com", "@oracle.com", "@google.com",
        "@grafana.com", "@influxdata.com", "@github.com", "@datadoghq.com", "@nginx.com", "@f5.com", "@redis.com", "@redis.io", "@confluent.io", "@azul.com", "@newrelic.com", "@adoptium.net",
        "@eclipse.org", "@yarnpkg.com", "@cloudflare.com", "@nvidia.com", "@sury.org",
    ];

    // rpm packages name their vendor, a distribution's own all the same few.
    private static readonly string[] Distributions =
    [
        "Red Hat", "AlmaLinux", "Rocky", "CentOS", "Fedora", "SUSE", "openSUSE", "Microsoft Corporation", "VMware", "Broadcom", "Oracle", "Amazon", "openEuler", "Mageia",
    ];

    public static bool IsDistribution(FoundPackage package) => package.Type switch
    {
        "deb" => package.Vendor is null || !OtherMaintainers.Any(other => package.Vendor.Contains(other, StringComparison.OrdinalIgnoreCase)),
        "rpm" => package.Vendor is { } vendor && Distributions.Any(own => vendor.StartsWith(own, StringComparison.OrdinalIgnoreCase)),
        _ => true,
    };
}
