using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.Osv;

/// <summary>Which ids of an advisory name the same vulnerability (OSV schema, aliases, upstream, related).</summary>
internal static class AdvisoryIds
{
    // Distributions' notices: one update that fixes many vulnerabilities.
    private static readonly string[] Notices = ["DSA-", "DLA-", "DTSA-", "USN-", "LSN-", "ALSA-", "ALBA-", "ALEA-", "RLSA-", "RXSA-", "RHSA-", "RHBA-", "RHEA-", "SUSE-", "openSUSE-", "MGASA-", "OESA-", "PHSA-"];

    // Databases that keep a record of their own for each CVE.
    private static readonly string[] Repeaters = ["DEBIAN-", "UBUNTU-", "ALPINE-", "WOLFI-", "CGA-", "ECHO-", "BELL-", "RHSA-"];

    private static readonly string[] Updates = ["ALBA-", "ALEA-", "RHBA-", "RHEA-"];

    /// <summary>Whether it tells of a bug fix or an enhancement, and names no vulnerability.</summary>
    public static bool IsUpdateOnly(OsvRecord record) => Array.Exists(Updates, prefix => record.Id.StartsWith(prefix, StringComparison.Ordinal))
        && !record.Aliases.Concat(record.Upstream).Concat(record.Related).Any(id => CveOf(id) is not null);

    /// <summary>The CVEs that a notice fixes, where there are several; empty for an advisory on one vulnerability.</summary>
    public static IReadOnlyList<string> Covered(OsvRecord record)
    {
        var isNotice = IsNotice(record);
        if (!isNotice && record.Upstream.Count < 2)
        {
            return [];
        }

        var named = record.Upstream.Concat(isNotice ? record.Aliases.Concat(record.Related) : []).Select(CveOf).OfType<string>().Distinct().ToList();
        return named.Count > 1 && (isNotice || CveOf(record.Id) is null) ? named : [];
    }

    /// <summary>The ids of the one vulnerability that the advisory is about; not for notices on several.</summary>
    public static IEnumerable<string> Same(OsvRecord record)
    {
        IEnumerable<string> ids = [record.Id, .. record.Aliases];
        var upstream = record.Upstream.Count == 1 ? record.Upstream : record.Upstream.Where(id => id == CveOf(id)).Distinct().ToList() is [var only] ? [only] : [];
        ids = ids.Concat(upstream);
        if (IsNotice(record))
        {
            // A notice on a single CVE: ALSA names it as related.
            ids = ids.Concat(record.Related.Select(CveOf).OfType<string>());
        }

        return ids.Select(id => CveOf(id) is { } cve && id != cve ? cve : id).Prepend(record.Id).Distinct();
    }

    /// <summary>Whether it is a distribution's notice of an update, on however many vulnerabilities.</summary>
    public static bool IsNotice(OsvRecord record) => Array.Exists(Notices, prefix => record.Id.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>CVE, else GHSA, else the first of the rest.</summary>
    public static string Display(IReadOnlyCollection<string> ids) =>
        ids.Where(id => id == CveOf(id)).OrderBy(Number).ThenBy(id => id, StringComparer.Ordinal).FirstOrDefault()
        ?? ids.Where(id => id.StartsWith("GHSA-", StringComparison.Ordinal)).Order(StringComparer.Ordinal).FirstOrDefault()
        ?? ids.Order(StringComparer.Ordinal).First();

    /// <summary>The CVE that this id is, or repeats for a distribution (<c>DEBIAN-CVE-2024-1</c>).</summary>
    public static string? CveOf(string id)
    {
        var cve = Array.Find(Repeaters, prefix => id.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix ? id[prefix.Length..] : id;
        return CveId.IsValid(cve) ? cve : null;
    }

    private static (int Year, long Number) Number(string cve) =>
        (int.Parse(cve.AsSpan(4, 4), System.Globalization.CultureInfo.InvariantCulture), long.Parse(cve.AsSpan(9), System.Globalization.CultureInfo.InvariantCulture));
}
