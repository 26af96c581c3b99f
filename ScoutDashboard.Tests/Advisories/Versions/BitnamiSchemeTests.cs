using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class BitnamiSchemeTests
{
    [Fact]
    public void RevisionsComeAfterTheVersionAndPreReleasesBefore() => Assert.Empty(VersionVectors.Wrong(VersionSchemes.Find("Bitnami")!,
    [
        "8.0.36-0 = 8.0.36", "8.0.36-1 > 8.0.36", "8.0.36-9 < 8.0.36-10", "8.0.36-99 < 8.0.37-0", "1.8.0-333 < 1.8.0-334", "2.6.0-rc1 < 2.6.0", "2.6.0-rc1 < 2.6.0-0", "2.6.0-1 > 2.6.0-rc2",
        "2.4.46-10.el8 < 2.4.46", "0.0.0-20251119140106-9dbdfc3f1be0 < 0.0.0", "1.2.3-20240101 < 1.2.3",
    ]));

    [Theory]
    [InlineData("nightly.2026-03-10.0")]
    [InlineData("-5")]
    [InlineData("5-")]
    [InlineData("")]
    public void BrokenVersionsHaveNoOrder(string version) => Assert.Null(VersionSchemes.Find("Bitnami")!.Compare(version, "1.0.0"));

    [Fact]
    public void OnlyBitnamiReadsSemVerRangesInItsOwnWay()
    {
        Assert.Equal("bitnami", VersionSchemes.Find("Bitnami", "SEMVER")?.Name);
        Assert.Equal("semver", VersionSchemes.Find("Maven", "SEMVER")?.Name);
        Assert.Equal("semver", VersionSchemes.Find("unknown", "SEMVER")?.Name);
        Assert.Equal("maven", VersionSchemes.Find("Maven", "ECOSYSTEM")?.Name);
    }
}
