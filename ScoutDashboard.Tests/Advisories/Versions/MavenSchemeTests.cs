using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class MavenSchemeTests
{
    private static readonly IVersionScheme Maven = VersionSchemes.Find("Maven")!;

    // The tests of ComparableVersion itself (ComparableVersionTest of maven-artifact 3.9).
    [Theory]
    [InlineData("1-alpha2snapshot 1-alpha2 1-alpha-123 1-beta-2 1-beta123 1-m2 1-m11 1-rc 1-cr2 1-rc123 1-SNAPSHOT 1 1-sp 1-sp2 1-sp123 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123")]
    [InlineData("2.0 2.0.a 2-1 2.0.2 2.0.123 2.1.0 2.1-a 2.1b 2.1-c 2.1-1 2.1.0.1 2.2 2.123 11.a2 11.a11 11.b2 11.b11 11.m2 11.m11 11 11.a 11b 11c 11m")]
    [InlineData("1-0.alpha 1-0.beta 1 2.0.0.RC1 2.0.0-RC2 2.0.0 2.0.0-sp1 20190126.230843 1234567890.12345 123456789012345.1H.5-beta 12345678901234567890.1H.5-beta")]
    [InlineData("6.1.0rc3 6.1.0 6.1H.5-beta 6.1.1 6.1.2.Final 6.1.2.SP1 6.1.2.Final-redhat-1 6.1.2.Final-redhat-2 6.1.2-2 6.1.10")]
    public void VersionsAscend(string versions)
    {
        var ascending = versions.Split(' ');
        for (var high = 1; high < ascending.Length; high++)
        {
            Assert.Empty(VersionVectors.Wrong(Maven, ascending[..high].Select(low => $"{low} < {ascending[high]}")));
        }
    }

    [Fact]
    public void SpellingsOfTheSameVersionAreEqual() => Assert.Empty(VersionVectors.Wrong(Maven,
    [
        "1 = 1.0.0", "1 = 1.0-0", "1a = 1-a", "1a = 1.0.0-a", "1.0x = 1-x", "1ga = 1", "1.RELEASE = 1", "1.0.0.Final = 1", "1cr = 1rc", "1a1 = 1-alpha-1", "1b2 = 1-beta-2", "1m3 = 1.MileStone3",
        "1A = 1a", "0001 = 1", "2.0.X = 2.0.0.x", "2.0-X = 2.0.x", "1.Final-redhat-1 = 1-redhat-1",
    ]));

    [Fact]
    public void WhatMavenOrdersInCirclesHasOneOrder() => Assert.Empty(VersionVectors.Wrong(Maven,
    [
        "1-alpha < 1", "1 < 1.foo.1", "1-alpha < 1.foo.1", "0-alpha < 0", "0 < x", "0-alpha < x", "1.0.alpha.1 < 1", "1.0.alpha.1 < 1-foo", "1--alpha < 1-a",
    ]));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-")]
    [InlineData("~!")]
    [InlineData("\0")]
    [InlineData("latest version")]
    [InlineData("[1.0,2.0)")]
    [InlineData("${project.version}")]
    [InlineData("1/2")]
    public void WhatMavenRefusesHasNoOrder(string version)
    {
        Assert.Null(Maven.Compare(version, "1.0"));
        Assert.Null(Maven.Compare("1.0", version));
    }

    [Theory]
    [InlineData("1-")]
    [InlineData("1a")]
    [InlineData("0.")]
    [InlineData("-0.ga")]
    public void ADeeplyNestedVersionIsOnlyLong(string piece)
    {
        var deep = "1" + string.Concat(Enumerable.Repeat(piece, 100_000));
        Assert.Equal(0, Maven.Compare(deep, deep));
        Assert.NotNull(Maven.Compare(deep, deep + "1"));
    }
}
