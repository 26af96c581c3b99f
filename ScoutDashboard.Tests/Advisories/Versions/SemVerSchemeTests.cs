using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class SemVerSchemeTests
{
    [Fact]
    public void PrecedenceFollowsTheSpecification() => Assert.Empty(VersionVectors.Wrong(VersionSchemes.SemVer,
    [
        "1.0.0-alpha < 1.0.0-alpha.1", "1.0.0-alpha.1 < 1.0.0-alpha.beta", "1.0.0-alpha.beta < 1.0.0-beta", "1.0.0-beta.2 < 1.0.0-beta.11", "1.0.0-rc.1 < 1.0.0",
        "1.0.0-A < 1.0.0-a", "1.0.0-9 < 1.0.0-A", "1.0.0--1 > 1.0.0-1", "1.0.0+a = 1.0.0+b", "2.0.0+incompatible = v2.0.0", "v1.2.3 = 1.2.3", "=1.2.3 = 1.2.3", "1 = 1.0.0",
        "1.2 = 1.2.0", "1.9.0 < 1.10.0", "1.2.3.4 > 1.2.3", "0.0.0-20200101000000-abcdefabcdef < 0.0.0-20210101000000-abcdefabcdef",
    ]));

    [Theory]
    [InlineData("1.0.0-")]
    [InlineData("1.0.0-a..b")]
    [InlineData("1..0")]
    [InlineData("1.x")]
    [InlineData("vv1")]
    [InlineData("1.0.0-é")]
    public void BrokenVersionsHaveNoOrder(string version) => Assert.Null(VersionSchemes.SemVer.Compare(version, "1.0.0"));
}
