using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class OsReleaseExtractorTests
{
    [Theory]
    [InlineData("etc/os-release", true)]
    [InlineData("usr/lib/os-release", true)]
    [InlineData("opt/chroot/etc/os-release", true)]
    [InlineData("etc/os-release.bak", false)]
    [InlineData("fetc/os-release", false)]
    [InlineData("usr/share/os-release", false)]
    public void BothPlacesCountBelowAnyRoot(string path, bool wanted) => Assert.Equal(wanted, Extraction.Wanting(path)?.Id == "os-release");

    [Fact]
    public void DebiansFileGivesAllItsNames() => Assert.Equal(
        new Distribution("debian", "12", "Debian GNU/Linux 12 (bookworm)", "bookworm", "12 (bookworm)"),
        Extraction.Of("etc/os-release", """
            PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
            NAME="Debian GNU/Linux"
            VERSION_ID="12"
            VERSION="12 (bookworm)"
            VERSION_CODENAME=bookworm
            ID=debian
            """).Distribution);

    [Theory]
    [InlineData("ID=alpine\nVERSION_ID=3.20.3", "alpine", "3.20.3")]
    [InlineData("ID='ubuntu'\r\nVERSION_ID='24.04'\r\n", "ubuntu", "24.04")]
    [InlineData("\uFEFFID=Debian", "debian", null)]
    [InlineData("# ID=no\n  ID=\"wolfi\"  \nVERSION_ID=", "wolfi", null)]
    [InlineData("ID=first\nID=second", "second", null)]
    [InlineData("XID=no\nID=\"a\\\"b\\$c\"", "a\"b$c", null)]
    [InlineData("ID='a\\b'", "a\\b", null)]
    [InlineData("ID=\"never closed", "never closed", null)]
    public void QuotesFollowTheShell(string content, string id, string? version)
    {
        var distribution = Extraction.Of("usr/lib/os-release", content).Distribution;
        Assert.Equal((id, version), (distribution?.Id, distribution?.VersionId));
    }

    [Theory]
    [InlineData("")]
    [InlineData("NAME=Nothing\nVERSION_ID=1")]
    [InlineData("ID=\"\"")]
    public void WithoutIdThereIsNoDistribution(string content) => Assert.Null(Extraction.Of("etc/os-release", content).Distribution);
}
