using System.Globalization;
using System.Text;

namespace ScoutDashboard.Reports.Exports;

/// <summary>Writes findings as CSV (RFC 4180, UTF-8 with byte order mark); no cell can become a formula in a spreadsheet.</summary>
public static class FindingsCsv
{
    public const string MediaType = "text/csv; charset=utf-8";

    private static readonly string[] Columns =
    [
        "Severity", "Score", "Vulnerability", "Package", "Version", "Package type", "Fixed in", "Fix", "Verdict", "Reason", "Paths", "Layers", "Advisory", "Severity source", "Vector", "Package URL", "Summary",
        "Known exploited", "Exploit due", "Used by ransomware", "EPSS", "EPSS percentile", "Distribution rating", "Other CVEs", "Exploited CVE",
        "EPSS CVE",
    ];

    public static string Header => "\uFEFF" + Line(Columns);

    public static string Row(FindingRow row) => Line(
        row.Severity.ToString(), row.Score?.ToString("0.0", CultureInfo.InvariantCulture), row.VulnerabilityId, row.Package, row.Version, row.PackageType, row.FixedVersion, row.FixState.ToString(),
        row.Verdict.ToString(), row.Reason, string.Join('\n', row.Places.Select(p => p.Path).Distinct()), string.Join(' ', row.Places.Select(p => p.LayerIndex).Distinct()),
        row.AdvisoryId, row.SeveritySource, row.Vector, row.Purl, row.Summary,
        Word(row.Exploit.IsListed), row.Exploit.Listing?.DueOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Word(row.Exploit.Listing?.UsedByRansomware),
        row.Exploit.Probability?.ToString("0.#####", CultureInfo.InvariantCulture), row.Exploit.Percentile?.ToString("0.#####", CultureInfo.InvariantCulture),
        row.DistributionRating, string.Join(' ', row.OtherCves),
        row.Exploit.Listing is null ? null : row.Exploit.ListedAs ?? row.VulnerabilityId, row.Exploit.Probability is null ? null : row.Exploit.ScoredAs ?? row.VulnerabilityId);

    // Empty where it is not known.
    private static string Word(bool? value) => value switch { true => "yes", false => "no", null => "" };

    private static string Line(params ReadOnlySpan<string?> cells)
    {
        var line = new StringBuilder();
        foreach (var cell in cells)
        {
            line.Append(line.Length == 0 ? "" : ",").Append('"').Append(Harmless(cell ?? "").Replace("\"", "\"\"")).Append('"');
        }

        return line.Append("\r\n").ToString();
    }

    // OWASP, CSV injection: a leading sign that a spreadsheet would compute is told as text.
    private static string Harmless(string cell) => cell.Length > 0 && cell[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + cell : cell;
}
