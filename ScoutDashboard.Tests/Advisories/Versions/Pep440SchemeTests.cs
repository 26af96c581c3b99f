using ScoutDashboard.Advisories.Versions;

namespace ScoutDashboard.Tests.Advisories.Versions;

public sealed class Pep440SchemeTests
{
    private static readonly IVersionScheme Pep440 = VersionSchemes.Find("PyPI")!;

    [Fact]
    public void TheSpecificationsOwnOrderHolds()
    {
        // PEP 440, "Summary of permitted suffixes and relative ordering", with epochs and local versions.
        string[] ascending =
        [
            "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1",
            "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post456.dev34", "1.0.post456", "1.0.15", "1.1.dev1", "1!0.1",
        ];
        for (var high = 1; high < ascending.Length; high++)
        {
            Assert.Empty(VersionVectors.Wrong(Pep440, ascending[..high].Select(low => $"{low} < {ascending[high]}")));
        }
    }

    [Fact]
    public void SpellingsOfTheSameVersionAreEqual() => Assert.Empty(VersionVectors.Wrong(Pep440,
    [
        "1.0 = 1.0.0.0", "v1.0 = 1.0", "1.0ALPHA1 = 1.0a1", "1.0-beta.2 = 1.0b2", "1.0c1 = 1.0rc1", "1.0-preview_3 = 1.0rc3", "1.0pre = 1.0rc0", "1.0-1 = 1.0.post1", "1.0.rev2 = 1.0-r2",
        "1.0_post = 1.0.post0", "1.0.dev = 1.0dev0", "1.0+Ubuntu-1 = 1.0+ubuntu.1", "0!1 = 1", "1.01 = 1.1",
    ]));

    [Theory]
    [InlineData("1.0-SNAPSHOT")]
    [InlineData("1.0.x")]
    [InlineData("1.0+")]
    [InlineData("1.0+a..b")]
    [InlineData("1.0a1b1")]
    [InlineData("!1")]
    [InlineData("1.0-")]
    public void LegacyVersionsHaveNoOrder(string version) => Assert.Null(Pep440.Compare(version, "1.0"));
}
