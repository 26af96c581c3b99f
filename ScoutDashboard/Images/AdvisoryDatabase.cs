namespace ScoutDashboard.Images;

/// <summary>A database that advisories or facts about them come from: what to call it, the licence of its data, and where it says so.</summary>
/// <param name="Licence">SPDX id, or a few words.</param>
public sealed record AdvisoryDatabase(string Name, string Licence, string Url)
{
    private const string UpdateGuide = "https://msrc.microsoft.com/update-guide/vulnerability/";

    public static readonly AdvisoryDatabase GitHub = new("GitHub Advisory Database", "CC-BY-4.0", "https://github.com/github/advisory-database");
    public static readonly AdvisoryDatabase Malicious = new("OpenSSF Malicious Packages", "Apache-2.0", "https://github.com/ossf/malicious-packages");
    public static readonly AdvisoryDatabase PyPa = new("PyPI Advisory Database", "CC-BY-4.0", "https://github.com/pypa/advisory-database");
    public static readonly AdvisoryDatabase Go = new("Go Vulnerability Database", "CC-BY-4.0", "https://github.com/golang/vulndb");
    public static readonly AdvisoryDatabase RustSec = new("RustSec Advisory Database", "CC0-1.0", "https://github.com/RustSec/advisory-db");
    public static readonly AdvisoryDatabase Erlang = new("Erlang Ecosystem Foundation", "CC-BY-4.0", "https://cna.erlef.org");
    public static readonly AdvisoryDatabase Drupal = new("Drupal Advisory Database", "see the source", "https://github.com/DrupalSecurityTeam/drupal-advisory-database");
    public static readonly AdvisoryDatabase Bitnami = new("Bitnami Vulnerability Database", "Apache-2.0", "https://github.com/bitnami/vulndb");
    public static readonly AdvisoryDatabase Debian = new("Debian Security Tracker", "see the source", "https://security-tracker.debian.org");
    public static readonly AdvisoryDatabase Ubuntu = new("Ubuntu Security", "CC-BY-SA-4.0", "https://github.com/canonical/ubuntu-security-notices");
    public static readonly AdvisoryDatabase Alpine = new("Alpine Security Database", "see the source", "https://secdb.alpinelinux.org");
    public static readonly AdvisoryDatabase Chainguard = new("Chainguard Security Advisories", "its own terms", "https://images.chainguard.dev/security");
    public static readonly AdvisoryDatabase AlmaLinux = new("AlmaLinux Errata", "MIT", "https://github.com/AlmaLinux/osv-database");
    public static readonly AdvisoryDatabase RockyLinux = new("Rocky Linux Errata", "BSD", "https://errata.rockylinux.org");
    public static readonly AdvisoryDatabase RedHat = new("Red Hat Security Data", "CC-BY-4.0", "https://security.access.redhat.com/data");
    public static readonly AdvisoryDatabase Suse = new("SUSE Security", "CC-BY-4.0", "https://www.suse.com/support/security");
    public static readonly AdvisoryDatabase AzureLinux = new("Azure Linux Vulnerability Data", "MIT", "https://github.com/microsoft/AzureLinuxVulnerabilityData");
    public static readonly AdvisoryDatabase OpenEuler = new("openEuler Security Advisories", "see the source", "https://repo.openeuler.org/security/data/osv");
    public static readonly AdvisoryDatabase Mageia = new("Mageia Advisories", "see the source", "https://advisories.mageia.org");
    public static readonly AdvisoryDatabase Photon = new("Photon OS Advisories", "see the source", "https://github.com/vmware/photon/wiki/Security-Advisories");
    public static readonly AdvisoryDatabase Echo = new("Echo Advisories", "see the source", "https://advisory.echohq.com");
    public static readonly AdvisoryDatabase MinimOS = new("MinimOS Advisories", "see the source", "https://packages.mini.dev/advisories");
    public static readonly AdvisoryDatabase DotNet = new(".NET release metadata", "MIT", "https://github.com/dotnet/core") { Records = UpdateGuide };
    public static readonly AdvisoryDatabase Msrc = new("Microsoft Security Update Guide", "see the source", "https://msrc.microsoft.com/update-guide") { Records = UpdateGuide };
    public static readonly AdvisoryDatabase Cve = new("CVE Program, converted by OSV.dev", "CVE terms of use", "https://www.cve.org/legal/termsofuse");
    public static readonly AdvisoryDatabase KnownExploited = new("CISA Known Exploited Vulnerabilities Catalog", "CC0-1.0", "https://www.cisa.gov/known-exploited-vulnerabilities-catalog");
    public static readonly AdvisoryDatabase Epss = new("EPSS, FIRST.org", "free with attribution", "https://www.first.org/epss");

    private static readonly (string Prefix, AdvisoryDatabase Database)[] Prefixes =
    [
        ("GHSA-", GitHub), ("MAL-", Malicious), ("PYSEC-", PyPa), ("GO-", Go), ("RUSTSEC-", RustSec), ("EEF-", Erlang), ("DRUPAL-", Drupal), ("BIT-", Bitnami),
        ("DEBIAN-", Debian), ("DSA-", Debian), ("DLA-", Debian), ("DTSA-", Debian), ("UBUNTU-", Ubuntu), ("USN-", Ubuntu), ("LSN-", Ubuntu), ("ALPINE-", Alpine), ("CGA-", Chainguard),
        ("ALSA-", AlmaLinux), ("ALBA-", AlmaLinux), ("ALEA-", AlmaLinux), ("RLSA-", RockyLinux), ("RXSA-", RockyLinux), ("RHSA-", RedHat), ("RHBA-", RedHat), ("RHEA-", RedHat),
        ("SUSE-", Suse), ("openSUSE-", Suse), ("AZL-", AzureLinux), ("OESA-", OpenEuler), ("MGASA-", Mageia), ("PHSA-", Photon), ("ECHO-", Echo), ("MINI-", MinimOS), ("CVE-", Cve), ("DOTNET-", DotNet), ("MSRC-", Msrc),
    ];

    /// <summary>Where it shows what this dashboard made advisories of: the address with their CVE behind it. Null for the databases that OSV.dev shows.</summary>
    public string? Records { get; private init; }

    /// <summary>Its name and licence in a line of text.</summary>
    public string Credit => $"{Name} ({Licence})";

    /// <summary>A page on an advisory.</summary>
    public static string PageOf(string advisoryId)
    {
        var cve = advisoryId.IndexOf("CVE-", StringComparison.Ordinal);
        return Of(advisoryId)?.Records is { } records && cve >= 0 ? records + Uri.EscapeDataString(advisoryId[cve..]) : $"https://osv.dev/vulnerability/{Uri.EscapeDataString(advisoryId)}";
    }

    /// <summary>The database that an advisory's id is of, by its prefix (OSV schema, id); null where the prefix is not known.</summary>
    public static AdvisoryDatabase? Of(string advisoryId) => Prefixes.FirstOrDefault(known => advisoryId.StartsWith(known.Prefix, StringComparison.Ordinal)).Database;
}
