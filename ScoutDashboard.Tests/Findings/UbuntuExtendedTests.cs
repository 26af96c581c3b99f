using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

/// <summary>Builds of Ubuntu's extended maintenance, whose records are <c>Ubuntu:Pro:…</c>.</summary>
public sealed class UbuntuExtendedTests
{
    private const string Plain = "1.1.1-1ubuntu2.1~18.04.23";

    [Theory]
    [InlineData("1.1.1-1ubuntu2.1~18.04.23+esm3", "Ubuntu:Pro:18.04:LTS")]
    [InlineData("9.26~dfsg+0-0ubuntu0.16.04.14~esm1", "Ubuntu:Pro:18.04:LTS")]
    [InlineData("2:1.0-1.esm12", "Ubuntu:Pro:18.04:LTS")]
    [InlineData(Plain, "Ubuntu:18.04:LTS")]
    [InlineData("1.0+resm1", "Ubuntu:18.04:LTS")]
    [InlineData("1.0+esmeralda1", "Ubuntu:18.04:LTS")]
    [InlineData("1.0+resm1+esm1", "Ubuntu:Pro:18.04:LTS")]
    [InlineData("1.0+esm", "Ubuntu:18.04:LTS")]
    [InlineData("esm1", "Ubuntu:18.04:LTS")]
    public void AVersionTellsWhetherItIsOfExtendedMaintenance(string version, string ecosystem) => Assert.Equal(ecosystem, new Ecosystem("Ubuntu:18.04:LTS").OfBuild(version).Name);

    [Theory]
    [InlineData("Debian:12")]
    [InlineData("Ubuntu")]
    [InlineData("Ubuntu:Pro:18.04:LTS")]
    public void NoOtherEcosystemBecomesAnother(string ecosystem) => Assert.Equal(ecosystem, new Ecosystem(ecosystem).OfBuild("1.0+esm1").Name);

    [Theory]
    [InlineData(Plain, "affected, no fix")]
    [InlineData($"{Plain}+esm2", "affected, fixed in 1.1.1-1ubuntu2.1~18.04.23+esm3")]
    [InlineData($"{Plain}+esm3", "not affected")]
    public void WhatItsOwnRecordsSayGoesBeforeWhatTheReleaseSays(string installed, string expected) => Assert.Equal(expected, Say(installed, Record(
        Entry("Ubuntu:18.04:LTS"), Entry("Ubuntu:Pro:18.04:LTS", $"{Plain}+esm3"))));

    [Theory]
    [InlineData(Plain, "affected, fixed in 1.1.1-1ubuntu2.1~18.04.24")]
    [InlineData($"{Plain}+esm2", "affected, fixed in 1.1.1-1ubuntu2.1~18.04.24")]
    [InlineData("1.1.1-1ubuntu2.1~18.04.24+esm1", "not affected")]
    public void WhereTheyAreSilentTheReleaseSpeaks(string installed, string expected) => Assert.Equal(expected, Say(installed, Record(
        Entry("Ubuntu:18.04:LTS", "1.1.1-1ubuntu2.1~18.04.24"), Entry("Ubuntu:Pro:16.04:LTS", "1.0+esm1"))));

    [Theory]
    [InlineData(Plain, "not affected")]
    [InlineData($"{Plain}+esm2", "affected, no fix")]
    public void ARecordOnExtendedMaintenanceAloneIsNotAboutOthers(string installed, string expected) => Assert.Equal(expected, Say(installed, Record(Entry("Ubuntu:Pro:18.04:LTS"))));

    [Fact]
    public async Task AnImageWithSuchABuildIsMatchedWithThemAndItsPurlStays()
    {
        var inventory = await LayeredImage.InventoryAsync(new LayerTar().File("etc/os-release", "ID=ubuntu\nVERSION_ID=\"18.04\"\nVERSION=\"18.04.6 LTS (Bionic Beaver)\"\n").File("var/lib/dpkg/status", $"""
            Package: libssl1.1
            Status: install ok installed
            Architecture: amd64
            Source: openssl
            Version: {Plain}+esm3
            Maintainer: Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>

            Package: zlib1g
            Status: install ok installed
            Architecture: amd64
            Source: zlib
            Version: 1:1.2.11.dfsg-0ubuntu2
            Maintainer: Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>

            """));
        Assert.Equal(
            [("openssl", "Ubuntu:Pro:18.04:LTS", "Ubuntu"), ("zlib", "Ubuntu:18.04:LTS", "Ubuntu")],
            inventory.Components.Values.Select(c => (c.AdvisoryName, c.Ecosystem, c.EcosystemBase)).Order());
        Assert.Contains(inventory.Components.Values, c => c.Purl.Contains("distro=ubuntu-18.04", StringComparison.Ordinal) && c.Purl.Contains("esm3", StringComparison.Ordinal));
    }

    [Fact]
    public void WhoNamesAPackageNeedNotKnowOfIt() => Assert.Equal("Ubuntu:Pro:18.04:LTS", PackageSubject.Of("Ubuntu:18.04:LTS", "libssl1.1", $"{Plain}+esm3", "openssl", null).Ecosystem);

    private static string Say(string installed, OsvRecord record) =>
        AdvisoryMatcher.Match(new MatchTarget(new Ecosystem("Ubuntu:18.04:LTS").OfBuild(installed).Name, "openssl", installed), [record]) switch
        {
            [] => "not affected",
            [{ Verdict: Verdict.Affected, FixState: FixState.NoFix }] => "affected, no fix",
            [{ Verdict: Verdict.Affected, FixedVersion: { } fix }] => $"affected, fixed in {fix}",
            var other => string.Join(", ", other),
        };

    private static OsvRecord Record(params OsvAffected[] entries) => new("UBUNTU-CVE-2024-1", default, null, null, [], ["CVE-2024-1"], [], "", [], entries, null);

    private static OsvAffected Entry(string ecosystem, string? fixedIn = null) => new(ecosystem, "openssl", [new OsvRange("ECOSYSTEM",
        [new OsvEvent(OsvEventKind.Introduced, "0"), .. fixedIn is null ? (IEnumerable<OsvEvent>)[] : [new OsvEvent(OsvEventKind.Fixed, fixedIn)]])], [], [], null);
}
