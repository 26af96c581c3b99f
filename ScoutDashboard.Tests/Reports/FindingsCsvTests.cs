using ScoutDashboard.Data;
using ScoutDashboard.Exceptions;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Reports.Exports;

namespace ScoutDashboard.Tests.Reports;

public sealed class FindingsCsvTests
{
    private const string NoException = ",\"\",\"\",\"\",\"\",\"\",\"\"";

    private static FindingRow Row(string package, string version = "1.0") => new(
        1, "CVE-2026-0001", "GHSA-a", "A \"quoted\" summary, with comma", SeverityLevel.High, 7.5, null, null, Verdict.Affected, null, "1.1", FixState.Fixed, 1, package, version, "npm", "pkg:npm/x@1.0",
        [new PackagePlace("a/package.json", 0), new PackagePlace("b/package.json", 2)]);

    [Fact]
    public void CellsAreQuotedAndQuotesDoubled() => Assert.Equal(
        "\"High\",\"7.5\",\"CVE-2026-0001\",\"lodash\",\"1.0\",\"npm\",\"1.1\",\"Fixed\",\"Affected\",\"\",\"a/package.json\nb/package.json\",\"0 2\",\"GHSA-a\",\"\",\"\",\"pkg:npm/x@1.0\",\"A \"\"quoted\"\" summary, with comma\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"GitHub Advisory Database (CC-BY-4.0)\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\r\n",
        FindingsCsv.Row(Row("lodash")));

    [Theory]
    [InlineData("GHSA-a", "GitHub Advisory Database (CC-BY-4.0)")]
    [InlineData("UBUNTU-CVE-2026-0001", "Ubuntu Security (CC-BY-SA-4.0)")]
    [InlineData("HOME-1", "")]
    public void WhoseDataARowHoldsAndUnderWhichLicenceStandsInIt(string advisoryId, string source)
    {
        var row = Row("lodash") with { AdvisoryId = advisoryId };

        Assert.EndsWith($",\"{source}\",\"\",\"\"{NoException}\r\n", FindingsCsv.Row(row), StringComparison.Ordinal);
        Assert.EndsWith(
            $",\"{source}\",\"CISA Known Exploited Vulnerabilities Catalog (CC0-1.0)\",\"EPSS, FIRST.org (free with attribution)\"{NoException}\r\n",
            FindingsCsv.Row(row with { Exploit = new ExploitFacts(false, null, 0.1, 0.2) }), StringComparison.Ordinal);
    }

    [Fact]
    public void TheExceptionThatAppliesStandsInTheRowWithWhoseItIsAndUntilWhen()
    {
        var rule = new ExceptionRule
        {
            VulnerabilityId = "CVE-2026-0001", Type = ExceptionType.FalsePositive, Justification = VexJustification.VulnerableCodeNotPresent, Details = "=HYPERLINK(1)", Registry = "contoso.azurecr.io", Repository = "team/app",
            CreatedBy = "eve", ExpiresAt = new DateTime(2026, 7, 1, 0, 0, 0, DateTimeKind.Utc),
        };

        Assert.EndsWith(
            ",\"false positive\",\"vulnerable_code_not_present\",\"'=HYPERLINK(1)\",\"contoso.azurecr.io/team/app\",\"eve\",\"2026-06-30\"\r\n",
            FindingsCsv.Row(Row("lodash") with { Exceptions = new ExceptionVerdict(rule, []) }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("+1+1")]
    [InlineData("-2+3")]
    [InlineData("@SUM(A1)")]
    [InlineData("\uff1dSUM(A1)")]
    public void NoCellBecomesAFormula(string package) => Assert.Contains($",\"'{package}\",", FindingsCsv.Row(Row(package)), StringComparison.Ordinal);

    [Theory]
    [InlineData("\t=1", "\\u0009=1")]
    [InlineData("\r=1", "\\u000d=1")]
    [InlineData("a\u001b[31m\u202eb", "a\\u001b[31m\\u202eb")]
    public void NoCellHoldsWhatCanNotBeSeen(string package, string shown) => Assert.Contains($",\"{shown}\",", FindingsCsv.Row(Row(package)), StringComparison.Ordinal);

    [Fact]
    public void TheHeaderHasAsManyColumnsAsARow() =>
        Assert.Equal(FindingsCsv.Header.Split("\",\"").Length, FindingsCsv.Row(Row("lodash")).Split("\",\"").Length);
}
