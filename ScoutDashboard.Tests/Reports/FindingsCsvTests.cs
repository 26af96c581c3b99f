using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Reports.Exports;

namespace ScoutDashboard.Tests.Reports;

public sealed class FindingsCsvTests
{
    private static FindingRow Row(string package, string version = "1.0") => new(
        1, "CVE-2026-0001", "GHSA-a", "A \"quoted\" summary, with comma", SeverityLevel.High, 7.5, null, null, Verdict.Affected, null, "1.1", FixState.Fixed, 1, package, version, "npm", "pkg:npm/x@1.0",
        [new PackagePlace("a/package.json", 0), new PackagePlace("b/package.json", 2)]);

    [Fact]
    public void CellsAreQuotedAndQuotesDoubled() => Assert.Equal(
        "\"High\",\"7.5\",\"CVE-2026-0001\",\"lodash\",\"1.0\",\"npm\",\"1.1\",\"Fixed\",\"Affected\",\"\",\"a/package.json\nb/package.json\",\"0 2\",\"GHSA-a\",\"\",\"\",\"pkg:npm/x@1.0\",\"A \"\"quoted\"\" summary, with comma\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"GitHub Advisory Database (CC-BY-4.0)\",\"\",\"\"\r\n",
        FindingsCsv.Row(Row("lodash")));

    [Theory]
    [InlineData("GHSA-a", "GitHub Advisory Database (CC-BY-4.0)")]
    [InlineData("UBUNTU-CVE-2026-0001", "Ubuntu Security (CC-BY-SA-4.0)")]
    [InlineData("HOME-1", "")]
    public void WhoseDataARowHoldsAndUnderWhichLicenceStandsInIt(string advisoryId, string source)
    {
        var row = Row("lodash") with { AdvisoryId = advisoryId };

        Assert.EndsWith($",\"{source}\",\"\",\"\"\r\n", FindingsCsv.Row(row), StringComparison.Ordinal);
        Assert.EndsWith(
            $",\"{source}\",\"CISA Known Exploited Vulnerabilities Catalog (CC0-1.0)\",\"EPSS, FIRST.org (free with attribution)\"\r\n",
            FindingsCsv.Row(row with { Exploit = new ExploitFacts(false, null, 0.1, 0.2) }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("+1+1")]
    [InlineData("-2+3")]
    [InlineData("@SUM(A1)")]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    public void NoCellBecomesAFormula(string package) => Assert.Contains($",\"'{package}\",", FindingsCsv.Row(Row(package)), StringComparison.Ordinal);

    [Fact]
    public void TheHeaderHasAsManyColumnsAsARow() =>
        Assert.Equal(FindingsCsv.Header.Split("\",\"").Length, FindingsCsv.Row(Row("lodash")).Split("\",\"").Length);
}
