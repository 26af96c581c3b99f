using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;

namespace ScoutDashboard.Tests.Reports;

public sealed class FindingDetailTests : BunitContext
{
    private static readonly FindingRow Row = new(
        1, "CVE-2026-0001", "USN-1-1", "A fault", SeverityLevel.High, 7.5, null, null, Verdict.Affected, null, "1.1", FixState.Fixed, 1, "openssl", "1.0", "deb", "pkg:deb/ubuntu/openssl@1.0", [new PackagePlace("var/lib/dpkg/status", 0)]);

    public FindingDetailTests()
    {
        Services.AddMudServices();
        Services.AddLocalization();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public void WhoseDataIsShownAndUnderWhichLicenceStandsBesideIt() => Assert.Equal(
        ["CISA Known Exploited Vulnerabilities Catalog, CC0-1.0", "EPSS, FIRST.org, free with attribution", "Ubuntu Security, CC-BY-SA-4.0"],
        Credits(Row with { Exploit = new ExploitFacts(true, new ExploitListing(DateTime.UnixEpoch, null, false, ""), 0.1, 0.9) }));

    [Fact]
    public void NobodyIsNamedWhoToldNothing() => Assert.Equal(["Ubuntu Security, CC-BY-SA-4.0"], Credits(Row));

    private IEnumerable<string> Credits(FindingRow row) => Render<FindingDetail>(parameters => parameters.Add(detail => detail.Row, row)).FindAll("dd > div.secondary").Select(credit => credit.TextContent);
}
