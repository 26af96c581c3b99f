using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class ConanSchemeTests
{
    private static readonly IVersionScheme Conan = VersionSchemes.Find("ConanCenter")!;

    [Fact]
    public void ConansRulesHold() => Assert.Empty(VersionVectors.Wrong(Conan,
    [
        "1.0 = 1", "1.0.0 = 1.0", "1.01 = 1.1", "1.2 < 1.10", "1.0 < 1.0.1", "1 < 2", "1.2.3.4.5 < 1.2.3.4.6", "1.0 < 1.a", "1.9 < 1.a", "1.99 < 1.a", "1.a < 1.b", "1.B < 1.a", "1.a = 1.a.0",
        "1.0-rc1 < 1.0", "1.0-rc1 < 1", "1-pre < 1.0.0", "1.0-rc.9 < 1.0-rc.10", "1.0-rc9 > 1.0-rc10", "1.1-rc1 > 1.0", "1.0-alpha < 1.0-beta", "1.0-1 < 1.0-alpha", "1.0-a.0 = 1.0-a", "1.0-a-b > 1.0-a",
        "1.0 < 1.0+1", "1.0+1 < 1.0+2", "1.0+9 < 1.0+10", "1.0+a > 1.0+9", "1.0+1 < 1.0.1", "1.0-rc1+2 < 1.0", "1.0-rc1+9 < 1.0-rc2+1", "1.0-rc1 < 1.0-rc1+1", "1.0+b-1 > 1.0+b", "1+2+3 > 1+2",
        "0 = 0.0", "0-a < 0", "cci.20200203 < cci.20210101",
    ]));

    // What OpenSSL, libjpeg and others publish; the last three are Conan's other way round, which makes a circle there.
    [Fact]
    public void ALetterBehindANumberComesBehindTheNumberAndBeforeTheNext() => Assert.Empty(VersionVectors.Wrong(Conan,
    [
        "1.1.1 < 1.1.1a", "1.1.1k < 1.1.1w", "1.1.1w < 1.1.2", "1.1.1w < 3.0.0", "1.0.2u < 1.1.0", "9d < 9e", "9 < 9e", "1.9e < 1.a", "9e < 10", "9e < 10a", "2 < 10a",
    ]));

    [Theory]
    [InlineData("cci.20200203", "3.0")]
    [InlineData("system", "99")]
    [InlineData("a", "0")]
    public void ASnapshotIsNeitherBeforeNorBehindARelease(string snapshot, string release) => Assert.Equal((null, null), (Conan.Compare(snapshot, release), Conan.Compare(release, snapshot)));

    [Theory]
    [InlineData("1..2")]
    [InlineData(".1")]
    [InlineData("1.")]
    [InlineData("1.0-")]
    [InlineData("1.0+")]
    [InlineData("-1")]
    [InlineData("1.0-rc..1")]
    [InlineData("1.0/2")]
    [InlineData("[>=1.0]")]
    [InlineData("1.0\n")]
    [InlineData("１.0")]
    public void WhatNamesNoVersionHasNoOrder(string version) => Assert.Null(Conan.Compare(version, "1.0"));
}
