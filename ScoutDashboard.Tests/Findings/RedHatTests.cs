using ScoutDashboard.Advisories.Osv;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Analysis.Packages;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

public sealed class RedHatTests
{
    [Theory]
    [InlineData("9", "Red Hat:enterprise_linux:9::baseos", true)]
    [InlineData("9", "Red Hat:enterprise_linux:9::appstream", true)]
    [InlineData("9", "Red Hat:enterprise_linux:9", true)]
    [InlineData("9", "Red Hat:enterprise_linux:8::baseos", false)]
    [InlineData("9", "Red Hat:enterprise_linux:9::highavailability", false)]
    [InlineData("9", "Red Hat:rhel_eus:9.2::baseos", false)]
    [InlineData("8", "Red Hat:rhel_aus:8.6::appstream", false)]
    [InlineData("8", "Red Hat:enterprise_linux:8::crb", true)]
    [InlineData("7", "Red Hat:enterprise_linux:7::server", true)]
    [InlineData("7", "Red Hat:enterprise_linux:7::baseos", false)]
    [InlineData("10", "Red Hat:enterprise_linux:10.0", true)]
    [InlineData("1", "Red Hat:enterprise_linux:10.0", false)]
    [InlineData("10", "Red Hat:enterprise_linux:10::baseos", false)]
    [InlineData("9", "Red Hat:openshift:4.16::el9", false)]
    public void RecordsOnTheRepositoriesOfTheBaseReleaseAreAboutItAndNoOthers(string release, string recorded, bool isAbout)
    {
        var target = new MatchTarget(Ecosystem.RedHatEnterpriseLinux(release).Name, "openssl-libs", "1:3.0.7-24.el9");
        Assert.Equal(isAbout, AdvisoryMatcher.Match(target, [Record(recorded, "1:3.0.7-27.el9")]).Count == 1);
    }

    [Theory]
    [InlineData("8.7p1-38.el9_4.1", false)]
    [InlineData("0:8.7p1-38.el9_4.1", false)]
    [InlineData("8.7p1-38.el9", true)]
    public void AZeroEpochIsSpelledInRecordsAndNotInTheDatabase(string installed, bool isAffected) => Assert.Equal(isAffected,
        AdvisoryMatcher.Match(new MatchTarget("Red Hat:enterprise_linux:9", "openssl-libs", installed), [Record("Red Hat:enterprise_linux:9::baseos", "0:8.7p1-38.el9_4.1")]).Count == 1);

    [Fact]
    public async Task AnImageOfRedHatIsMatchedByItsMajorReleaseAndSaysThatThisIsApproximate()
    {
        var inventory = await LayeredImage.InventoryAsync(new LayerTar().File("etc/os-release", "ID=\"rhel\"\nVERSION_ID=\"9.4\"\nCPE_NAME=\"cpe:/o:redhat:enterprise_linux:9::baseos\"\n")
            .File("var/lib/rpm/Packages.db", RpmDatabases.Ndb(RpmDatabases.Header("openssl-libs", "3.0.7", "24.el9", 1, vendor: "Red Hat, Inc.", source: "openssl-3.0.7-24.el9.src.rpm"))));
        var component = Assert.Single(inventory.Components.Values);
        Assert.Equal(("Red Hat:enterprise_linux:9", "openssl-libs", "1:3.0.7-24.el9"), (component.Ecosystem, component.AdvisoryName, component.AdvisoryVersion));
        Assert.Contains("extended support", Assert.Single(inventory.Gaps).Reason, StringComparison.Ordinal);
    }

    private static OsvRecord Record(string ecosystem, string fixedIn) => new("RHSA-2024:4312", default, null, null, [], ["CVE-2024-6387"], [], "", [],
        [new OsvAffected(ecosystem, "openssl-libs", [new OsvRange("ECOSYSTEM", [new OsvEvent(OsvEventKind.Introduced, "0"), new OsvEvent(OsvEventKind.Fixed, fixedIn)])], [], [], null)], null);
}
