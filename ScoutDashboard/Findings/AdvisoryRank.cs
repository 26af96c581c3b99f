using ScoutDashboard.Advisories.Osv;

namespace ScoutDashboard.Findings;

/// <summary>Whose advisory decides where several tell of one vulnerability: the ecosystem's own database first, notices on many vulnerabilities last.</summary>
internal static class AdvisoryRank
{
    public static int Of(OsvRecord record, string ecosystemBase)
    {
        var place = Array.FindIndex(Homes(ecosystemBase), prefix => record.Id.StartsWith(prefix, StringComparison.Ordinal));
        return (place < 0 ? 10 : place) + (AdvisoryIds.Covered(record).Count > 0 ? 20 : 0);
    }

    public static bool IsHome(OsvRecord record, string ecosystemBase) => Of(record, ecosystemBase) < 10;

    private static string[] Homes(string ecosystemBase) => ecosystemBase switch
    {
        "Debian" => ["DEBIAN-", "DSA-", "DLA-"],
        "Ubuntu" => ["UBUNTU-", "USN-"],
        "Alpine" => ["ALPINE-"],
        "PyPI" => ["GHSA-", "PYSEC-"],
        "crates.io" => ["GHSA-", "RUSTSEC-"],
        "Go" => ["GHSA-", "GO-"],
        _ => ["GHSA-"],
    };
}
