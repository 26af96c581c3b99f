using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class PackagistSchemeTests
{
    private static readonly IVersionScheme Composer = VersionSchemes.Find("Packagist")!;

    [Fact]
    public void StabilitiesAscendAroundTheRelease()
    {
        string[] ascending =
        [
            "dev-main", "1.0-dev", "1.0-alpha-dev", "1.0-alpha", "1.0-alpha1", "1.0-alpha.2", "1.0-alpha10", "1.0-beta", "1.0-beta.1", "1.0-beta.1.1", "1.0-RC1-dev", "1.0-RC1", "1.0-rc.2", "1.0", "1.0-p1-dev", "1.0-pl1", "1.0-patch2",
            "1.0.0.1", "1.0.1-dev", "1.9", "1.10", "1.10.x-dev", "1.x-dev", "2.0-dev",
        ];
        for (var high = 1; high < ascending.Length; high++)
        {
            Assert.Empty(VersionVectors.Wrong(Composer, ascending[..high].Select(low => $"{low} < {ascending[high]}")));
        }
    }

    [Fact]
    public void SpellingsOfTheSameVersionAreEqual() => Assert.Empty(VersionVectors.Wrong(Composer,
    [
        "1.0 = 1.0.0.0", "v1.2.3 = 1.2.3", "V1 = 1", "1.0rc1 = 1.0.0-RC1", "1.0_RC-1 = 1.0RC.1", "1.0b2 = 1.0.0-beta.2", "1.0a = 1.0-alpha", "1.0p1 = 1.0-patch1", "1.0pl1 = 1.0.p1", "1.0-stable = 1.0", "1.0-stable-dev = 1.0",
        "1.0+build.5 = 1.0", "1.0-beta1+exp.sha = 1.0-beta1", "1.0@dev = 1.0", "01.02 = 1.2", "1.*-dev = 1.x-dev", "v2.3.X-dev = 2.3.9999999.9999999-dev", "1.0.dev = 1.0-dev", "1.0- = 1.0",
    ]));

    [Fact]
    public void DatesAreVersions() => Assert.Empty(VersionVectors.Wrong(Composer,
    [
        "20100102 < 20100103", "2010-01-02 < 2010-01-10", "2010-01-02 = 2010-01-02-stable", "2010-01-02 > 2010-01-02-beta1", "2010-01-02.5 > 2010-01-02", "20100102-203040 < 20100102-203041", "201903.0 > 201902.9", "2010-01-02 < 2010.1.3",
    ]));

    [Theory]
    [InlineData("dev-main as 1.0")]
    [InlineData("master")]
    [InlineData("x-dev")]
    [InlineData("1.0.0-meh")]
    [InlineData("1.0.0.0.0")]
    [InlineData("1.0.0-beta-alpha")]
    [InlineData("1.0 beta")]
    [InlineData("^1.0")]
    [InlineData("1.x")]
    [InlineData("1.0-²")]
    public void WhatComposerDoesNotOrderHasNoOrder(string version) =>
        Assert.Null(Composer.Compare(version, "1.0"));

    [Fact]
    public void AHostileVersionOnlyTakesAsLongAsItIs()
    {
        var digits = string.Concat(Enumerable.Repeat("1-", 50_000));
        Assert.Null(Composer.Compare($"1.0-alpha{digits}!", "1.0"));
        Assert.Null(Composer.Compare($"2010{digits}!", "1.0"));
        Assert.True(Composer.Compare($"1.0-alpha{digits}1", "1.0") < 0);
    }
}
