using System.Globalization;
using System.Text.Json;
using ScoutDashboard.Images;

namespace ScoutDashboard.Advisories.AzureLinux;

/// <summary>Makes advisories of the definitions of Azure Linux' releases, with the ids that Microsoft's own conversion gives them (microsoft/AzureLinuxVulnerabilityData, osv).</summary>
internal static class AzureLinuxAdvisories
{
    private const string NotApplicable = "Not Applicable";

    /// <summary>One for each advisory id; one that can't be read has no record.</summary>
    /// <param name="releases">Ecosystem and its definitions.</param>
    public static IEnumerable<AdvisoryItem> Of(IEnumerable<(string Ecosystem, IReadOnlyList<OvalVulnerability> Vulnerabilities)> releases) => releases
        .SelectMany(release => release.Vulnerabilities.Select(vulnerability => (release.Ecosystem, Told: vulnerability)))
        // The packages that Microsoft found not to be affected after all.
        .Where(pair => !string.Equals(pair.Told.Patchable, NotApplicable, StringComparison.OrdinalIgnoreCase))
        .GroupBy(pair => IdOf(pair.Told) ?? "", StringComparer.Ordinal)
        .SelectMany(same => same.Key.Length == 0 ? same.Select(_ => new AdvisoryItem("", null, null)) : [Item(same.Key, [.. same])]);

    private static AdvisoryItem Item(string id, List<(string Ecosystem, OvalVulnerability Told)> definitions)
    {
        var first = definitions[0].Told;
        if (definitions.Exists(pair => pair.Told.Ranges.Count == 0 || !CveId.IsValid(pair.Told.Cve)))
        {
            return new AdvisoryItem(id, null, null);
        }

        var dates = definitions.Select(pair => DateTimeOffset.TryParse(pair.Told.AdvisoryDate, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date.UtcDateTime : DateTime.UnixEpoch).ToList();
        var json = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schema_version = "1.7.0",
            id,
            modified = dates.Max(),
            published = dates.Min(),
            upstream = definitions.Select(pair => pair.Told.Cve).Distinct(),
            summary = first.Title ?? "",
            details = first.Description ?? "",
            affected = definitions.Select(pair => new
            {
                package = new { ecosystem = pair.Ecosystem, name = pair.Told.Ranges[0].Package },
                ranges = pair.Told.Ranges.Select(range => new { type = "ECOSYSTEM", events = Events(range) }),
            }),
            references = definitions.Select(pair => pair.Told.Cve).Distinct().Select(cve => new { type = "ADVISORY", url = $"https://nvd.nist.gov/vuln/detail/{cve}" }),
            database_specific = new { severity = first.Severity ?? "" },
        });
        return AdvisoryItem.Parse(id, json);
    }

    // rpm puts "^" right behind a version: above it, but below all others that are (rpm-version(7)).
    private static IEnumerable<Dictionary<string, string>> Events(OvalRange range)
    {
        yield return new() { ["introduced"] = range.Above is null ? "0" : $"{Shown(range.Above)}^" };
        if ((range.Below ?? range.UpTo) is { } end)
        {
            yield return new() { [range.Below is null ? "last_affected" : "fixed"] = Shown(end) };
        }
    }

    // As packages show it: the epoch 0 is none.
    private static string Shown(string evr) => evr.StartsWith("0:", StringComparison.Ordinal) ? evr[2..] : evr;

    // "74153-1": the number, and how often its text was changed. Without it the definition's own number, which is the same.
    private static string? IdOf(OvalVulnerability vulnerability)
    {
        var number = vulnerability.AdvisoryId?.Split('-')[0] ?? vulnerability.Id.Split(':')[^1];
        return number.Length is > 0 and <= 20 && number.All(char.IsAsciiDigit) ? $"AZL-{number}" : null;
    }
}
