using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class GoAndPubSchemeTests
{
    [Fact]
    public void GosOwnReleasesStandAmongTheirSemVerSpellings() => Assert.Empty(VersionVectors.Wrong(VersionSchemes.Find("Go")!,
    [
        "go1.21rc2 = 1.21.0-rc.2", "go1.21rc2 < go1.21rc10", "go1.21beta1 < go1.21rc1", "go1.21rc4 < go1.21.0", "go1.20 = 1.20.0", "1.21.0-0 < go1.21rc1", "go1.20.14 < go1.21rc1",
        "go1.22.5-fips = 1.22.5", "1.21rc2 = 1.21.0-rc.2",
    ]));

    // go.dev/ref/mod, "Pseudo-versions": each of the three forms stands where its base version says.
    [Fact]
    public void PseudoVersionsStandBetweenTheReleasesThatTheyAreOf() => Assert.Empty(VersionVectors.Wrong(VersionSchemes.Find("Go")!,
    [
        "v0.0.0-20191109021931-daa7c04131f5 < v0.0.0-20200101000000-aaaaaaaaaaaa", "v0.0.0-20191109021931-daa7c04131f5 < v0.0.1", "v1.2.4-0.20191109021931-daa7c04131f5 > v1.2.3",
        "v1.2.4-0.20191109021931-daa7c04131f5 < v1.2.4", "v1.2.3-pre.0.20191109021931-daa7c04131f5 > v1.2.3-pre", "v1.2.3-pre.0.20191109021931-daa7c04131f5 < v1.2.3", "v2.0.0+incompatible = 2.0.0",
    ]));

    // pub_semver, version_test.dart.
    [Fact]
    public void DartOrdersBuildsAfterTheRelease()
    {
        string[] ascending =
        [
            "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0-rc.1+build.1", "1.0.0", "1.0.0+0.3.7", "1.3.7+build", "1.3.7+build.2.b8f12d7", "1.3.7+build.11.e0f985a", "2.0.0", "2.1.0", "2.2.0", "2.11.0", "2.11.1",
        ];
        for (var high = 1; high < ascending.Length; high++)
        {
            Assert.Empty(VersionVectors.Wrong(VersionSchemes.Find("Pub")!, ascending[..high].Select(low => $"{low} < {ascending[high]}")));
        }
    }

    [Theory]
    [InlineData("dpkg", "dpkg")]
    [InlineData("Debian:12", "dpkg")]
    [InlineData("NPM", "semver")]
    [InlineData("SUSE:Linux Enterprise Server 15 SP5", "rpm")]
    [InlineData("conancenter", "conan")]
    [InlineData("CRAN", null)]
    [InlineData("", null)]
    public void ASchemeIsNamedByItselfOrByAnEcosystem(string text, string? scheme) => Assert.Equal(scheme, VersionSchemes.Named(text)?.Name);
}
