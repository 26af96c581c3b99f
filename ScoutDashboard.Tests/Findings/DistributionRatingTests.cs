using System.Text;
using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Reports.Exports;
using ScoutDashboard.Tests.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

public sealed class DistributionRatingTests
{
    private const string Vector = """{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}""";

    [Theory]
    [InlineData("Debian:12", """ "severity":[VECTOR] """, """ "ecosystem_specific":{"urgency":"unimportant"} """, "Debian urgency: unimportant")]
    [InlineData("Debian:12", """ "severity":[VECTOR] """, """ "ecosystem_specific":{"urgency":"Medium**"} """, "Debian urgency: medium**")]
    [InlineData("Debian:12", """ "severity":[VECTOR] """, """ "ecosystem_specific":{"urgency":"not yet assigned"} """, null)]
    [InlineData("Ubuntu:22.04:LTS", """ "severity":[VECTOR,{"type":"Ubuntu","score":"low"}] """, """ "versions":[] """, "Ubuntu priority: low")]
    [InlineData("Ubuntu:22.04:LTS", """ "severity":[VECTOR] """, """ "severity":[{"type":"Ubuntu","score":"negligible"}] """, "Ubuntu priority: negligible")]
    [InlineData("Ubuntu:22.04:LTS", """ "severity":[VECTOR] """, """ "ecosystem_specific":{"urgency":"low"} """, null)]
    [InlineData("npm", """ "severity":[VECTOR] """, """ "database_specific":{"severity":"LOW"} """, null)]
    public void WhatTheDistributionSaysStandsBesideTheVectorsSeverityAndDoesNotReplaceIt(string ecosystem, string ofRecord, string ofEntry, string? rating)
    {
        Assert.True(OsvReader.TryParse(Encoding.UTF8.GetBytes($$$"""
            {"id":"X-1","modified":"2026-01-01T00:00:00Z",{{{ofRecord.Replace("VECTOR", Vector, StringComparison.Ordinal)}}},"affected":[{"package":{"ecosystem":"{{{ecosystem}}}","name":"openssl"},
            "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}],{{{ofEntry}}} },{"package":{"ecosystem":"{{{ecosystem}}}","name":"other"},"ecosystem_specific":{"urgency":"high"}}]}
            """), out var record));

        var found = Assert.Single(AdvisoryMatcher.Match(new MatchTarget(ecosystem, "openssl", "1.0"), [record]));

        Assert.Equal((SeverityLevel.Critical, rating), (found.Severity.Level, found.DistributionRating));
    }

    [Fact]
    public async Task PagesAndFilesShowItWithItsSource()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var image = await seed.ImageAsync(await database.AddRepositoryAsync(), "image", counts: (1, 0, 0, 0, 0), latest: true);
        var package = await seed.ComponentAsync("openssl");
        await seed.PackagesAsync(image, 0, (package, "var/lib/dpkg/status"));
        await seed.AddAsync(new Finding { ComponentId = package, VulnerabilityId = "CVE-2026-0001", AdvisoryId = "DEBIAN-CVE-2026-0001", Severity = SeverityLevel.Critical, DistributionRating = "Debian urgency: unimportant" });

        var row = Assert.Single((await new FindingsReport(database, TimeProvider.System).ListAsync(1, image, new FindingFilter(), new PageRequest(1, 50), default)).Rows);
        Assert.Equal("Debian urgency: unimportant", row.DistributionRating);
        Assert.Contains(",\"Debian urgency: unimportant\",\"\",\"\",\"\",", FindingsCsv.Row(row), StringComparison.Ordinal);
        Assert.Equal(["Debian urgency: unimportant"], (await new VulnerabilityReport(database, TimeProvider.System).FindAsync(1, "CVE-2026-0001", default))!.DistributionRatings);
    }
}
