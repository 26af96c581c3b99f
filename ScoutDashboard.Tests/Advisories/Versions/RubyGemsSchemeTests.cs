using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class RubyGemsSchemeTests
{
    private static readonly IVersionScheme Gems = VersionSchemes.Find("RubyGems")!;

    [Fact]
    public void TheRulesOfGemVersionHold() => Assert.Empty(VersionVectors.Wrong(Gems,
    [
        "1.0 = 1", "1.0.0 = 1", "1.10 > 1.9", "01.02 = 1.2", "1.0.a < 1.0", "1.0.a < 1", "1.a = 1.0.0.a", "1.0.a.0 = 1.a", "1.0.a10 > 1.0.a9", "1.0.a10 = 1.0.a.10", "1.0.b1 > 1.0.a.2", "0.9 < 1.0.a.2",
        "1.0.0.rc1 < 1.0.0", "1.0.0-rc1 = 1.0.0.pre.rc1", "1.0.0-1 < 1.0.0", "1.0.0.pre < 1.0.0.rc", "1.0.RC1 < 1.0.a1", "1.0.1.a > 1.0", "1.a.1 < 1.0", "1.a < 1.0.1.a", "5.a < 5.0.0.rc2", "5.x > 5.0.0.rc2", "1.0.a < 1.0.a.1",
        "1.9.3 < 1.9.3.1", "1.8.2.a9 < 1.8.2.a10", "1.8.2.a10 < 1.8.2", "1.0.b.b1 < 1.0.b.0", "2.0.0--1 = 2.pre.pre.1",
    ]));

    [Theory]
    [InlineData("junk")]
    [InlineData("1.0\n2.0")]
    [InlineData("1..2")]
    [InlineData("1.2\\ 3.4")]
    [InlineData("2.3422222.222.222222222.22222.ads0as.dasd0.ddd2222.2.qd3e.")]
    [InlineData("1.0-")]
    [InlineData("1.-a")]
    [InlineData("1.0-.a")]
    [InlineData("v1.0")]
    [InlineData("1.15.4-x86_64-linux")]
    [InlineData("1.0+build")]
    public void WhatRubyGemsRefusesHasNoOrder(string version) => Assert.Null(Gems.Compare(version, "1.0"));
}
