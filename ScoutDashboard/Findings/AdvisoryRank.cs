using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Images;

namespace ScoutDashboard.Findings;

/// <summary>
/// Whose advisory decides where several tell of one vulnerability: the ecosystem's own database first, notices on many vulnerabilities last of each. Of a
/// distribution's packages only its own says what is in them: it patches them, and keeps their upstream's version.
/// </summary>
internal static class AdvisoryRank
{
    private const int Several = 10;
    private const int Foreign = 20;

    // By the prefixes of the ids (OSV schema, id), in the order in which one goes before the other.
    private static readonly Dictionary<string, string[]> Distributions = new(StringComparer.Ordinal)
    {
        [Ecosystem.Debian] = ["DEBIAN-", "DSA-", "DLA-", "DTSA-"],
        [Ecosystem.Ubuntu] = ["UBUNTU-", "USN-", "LSN-"],
        [Ecosystem.Alpine] = ["ALPINE-"],
        ["Wolfi"] = ["CGA-"],
        ["Chainguard"] = ["CGA-"],
        [Ecosystem.AlmaLinux] = ["ALSA-", "ALBA-", "ALEA-"],
        [Ecosystem.RockyLinux] = ["RLSA-", "RXSA-"],
        [Ecosystem.RedHat] = ["RHSA-", "RHBA-", "RHEA-"],
        ["SUSE"] = ["SUSE-", "openSUSE-"],
        ["openSUSE"] = ["openSUSE-", "SUSE-"],
        [Ecosystem.AzureLinux] = ["AZL-"],
        [Ecosystem.PhotonOS] = ["PHSA-"],
        ["openEuler"] = ["OESA-"],
        ["Mageia"] = ["MGASA-"],
        ["Echo"] = ["ECHO-"],
        ["MinimOS"] = ["MINI-"],
        ["Alpaquita"] = ["BELL-"],
        ["BellSoft Hardened Containers"] = ["BELL-"],
        [Ecosystem.Bitnami] = ["BIT-"],
        [Ecosystem.Windows] = ["MSRC-"],
    };

    private static readonly Dictionary<string, string[]> Languages = new(StringComparer.Ordinal)
    {
        [Ecosystem.PyPI] = ["GHSA-", "PYSEC-"],
        [Ecosystem.CratesIo] = ["GHSA-", "RUSTSEC-"],
        [Ecosystem.Go] = ["GHSA-", "GO-"],
        [Ecosystem.Packagist] = ["GHSA-", "DRUPAL-"],
        ["Hex"] = ["GHSA-", "EEF-"],
    };

    private static readonly string[] GitHub = ["GHSA-"];

    /// <summary>The lower, the more it decides.</summary>
    public static int Of(OsvRecord record, string ecosystemBase)
    {
        var homes = Distributions.GetValueOrDefault(ecosystemBase) ?? Languages.GetValueOrDefault(ecosystemBase) ?? GitHub;
        var place = Array.FindIndex(homes, prefix => record.Id.StartsWith(prefix, StringComparison.Ordinal));
        return (place < 0 ? Foreign : place) + (AdvisoryIds.Covered(record).Count > 0 ? Several : 0);
    }

    /// <summary>Whether it is of the ecosystem's own database.</summary>
    public static bool IsHome(OsvRecord record, string ecosystemBase) => Of(record, ecosystemBase) < Foreign;

    /// <summary>Whether it is of that database and about one vulnerability, so that all it says is said of that one.</summary>
    public static bool IsHomeOfOne(OsvRecord record, string ecosystemBase) => Of(record, ecosystemBase) < Several;

    /// <summary>
    /// Those whose ranges tell the fix. A notice on several vulnerabilities tells when the last of them was fixed: it is passed over where a record on this one
    /// alone rules it out from the fix on, as is what others say of a distribution's package.
    /// </summary>
    public static List<OsvRecord> Deciding(List<OsvRecord> records, string ecosystemBase)
    {
        var own = records.FindAll(record => AdvisoryIds.Covered(record).Count == 0 && (!IsOfDistribution(ecosystemBase) || IsHome(record, ecosystemBase)));
        return own.Exists(record => !AdvisoryIds.IsNotice(record)) ? own : records;
    }

    /// <summary>Whether the packages are a distribution's builds.</summary>
    public static bool IsOfDistribution(string ecosystemBase) => Distributions.ContainsKey(ecosystemBase);
}
