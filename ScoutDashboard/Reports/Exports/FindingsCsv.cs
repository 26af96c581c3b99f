using System.Globalization;
using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;

namespace ScoutDashboard.Reports.Exports;

/// <summary>Writes findings as CSV.</summary>
public static class FindingsCsv
{
    public const string MediaType = CsvLine.MediaType;

    private static readonly string[] Columns =
    [
        "Severity", "Score", "Vulnerability", "Package", "Version", "Package type", "Fixed in", "Fix", "Verdict", "Reason", "Paths", "Layers", "Advisory", "Severity source", "Vector", "Package URL", "Summary",
        "Known exploited", "Exploit due", "Used by ransomware", "EPSS", "EPSS percentile", "Distribution rating", "Other CVEs", "Exploited CVE",
        "EPSS CVE", "Advisory source", "Known exploited source", "EPSS source",
        "Exception", "Exception justification", "Exception details", "Exception scope", "Exception by", "Exception until",
    ];

    public static string Header => CsvLine.ByteOrderMark + CsvLine.Of(Columns);

    public static string Row(FindingRow row) => CsvLine.Of(
        row.Severity.ToString(), row.Score?.ToString("0.0", CultureInfo.InvariantCulture), row.VulnerabilityId, row.Package, row.Version, row.PackageType, row.FixedVersion, row.FixState.ToString(),
        row.Verdict.ToString(), row.Reason, string.Join('\n', row.Places.Select(p => DisplayText.Sanitise(p.Path)).Distinct()), string.Join(' ', row.Places.Select(p => p.LayerIndex).Distinct()),
        row.AdvisoryId, row.SeveritySource, row.Vector, row.Purl, row.Summary,
        Word(row.Exploit.IsListed), row.Exploit.Listing?.DueOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Word(row.Exploit.Listing?.UsedByRansomware),
        row.Exploit.Probability?.ToString("0.#####", CultureInfo.InvariantCulture), row.Exploit.Percentile?.ToString("0.#####", CultureInfo.InvariantCulture),
        row.DistributionRating, string.Join(' ', row.OtherCves),
        row.Exploit.Listing is null ? null : row.Exploit.ListedAs ?? row.VulnerabilityId, row.Exploit.Probability is null ? null : row.Exploit.ScoredAs ?? row.VulnerabilityId,
        AdvisoryDatabase.Of(row.AdvisoryId)?.Credit, row.Exploit.IsListed is null ? null : AdvisoryDatabase.KnownExploited.Credit, row.Exploit.Probability is null ? null : AdvisoryDatabase.Epss.Credit,
        row.Exceptions.Applied is { } rule ? rule.Type == ExceptionType.AcceptedRisk ? "accepted risk" : "false positive" : null,
        row.Exceptions.Applied?.Justification is { } why ? ExceptionWords.Justification(why) : null, row.Exceptions.Applied?.Details,
        row.Exceptions.Applied is { } scoped ? ExceptionWords.Where(scoped) : null, row.Exceptions.Applied?.CreatedBy,
        row.Exceptions.Applied?.ExpiresAt is { } end ? ExceptionWords.LastDay(end).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null);

    // Empty where it is not known.
    private static string Word(bool? value) => value switch { true => "yes", false => "no", null => "" };
}
