using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class DpkgExtractorTests
{
    private const string Status = "var/lib/dpkg/status";

    [Theory]
    [InlineData("var/lib/dpkg/status", true)]
    [InlineData("opt/root/var/lib/dpkg/status", true)]
    [InlineData("var/lib/dpkg/status.d/tzdata", true)]
    [InlineData("var/lib/dpkg/status.d/bGliYzY=", true)]
    [InlineData("var/lib/dpkg/status.d/tzdata.md5sums", false)]
    [InlineData("var/lib/dpkg/status.d/deeper/tzdata", false)]
    [InlineData("var/lib/dpkg/status-old", false)]
    [InlineData("var/lib/dpkg/available", false)]
    [InlineData("varlib/dpkg/status", false)]
    public void TheDatabaseIsFoundBelowAnyRoot(string path, bool wanted) => Assert.Equal(wanted, Extraction.Wanting(path)?.Id == "dpkg");

    [Theory]
    [InlineData("install ok installed", true)]
    [InlineData("deinstall ok installed", true)]
    [InlineData("purge ok installed", true)]
    [InlineData("hold ok installed", true)]
    [InlineData("install reinstreq installed", true)]
    [InlineData("install ok half-configured", true)]
    [InlineData("install ok triggers-awaited", true)]
    [InlineData("install ok triggers-pending", true)]
    [InlineData("install ok unpacked", true)]
    [InlineData("deinstall ok config-files", false)]
    [InlineData("unknown ok not-installed", false)]
    [InlineData("install reinstreq half-installed", false)]
    public void OnlyTheThirdWordOfTheStatusSaysWhatIsInstalled(string status, bool installed)
    {
        var scan = Extraction.Of(Status, $"Package: bash\nStatus: {status}\nArchitecture: amd64\nVersion: 5.2.15-2+b2\n");
        Assert.Equal(installed ? 1 : 0, scan.Packages.Count);
        Assert.Null(scan.Gaps);
    }

    [Fact]
    public void WithoutStatusAPackageOfADistrolessImageIsInstalled() => Assert.Equal(
        [new FoundPackage("deb", "tzdata", "2024a-0+deb12u1", "all")],
        Extraction.Of("var/lib/dpkg/status.d/tzdata", "Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all").Packages);

    [Fact]
    public void TheSourceMayHaveAnotherNameAndAnotherVersion() => Assert.Equal(
        [
            new FoundPackage("deb", "bash", "5.2.15-2+b2", "amd64", SourceVersion: "5.2.15-2"),
            new FoundPackage("deb", "libssl3", "3.0.11-1~deb12u2", "amd64", "openssl"),
            new FoundPackage("deb", "libc-bin", "2.36-9+deb12u4", "amd64", "glibc", "2.36-9"),
        ],
        Extraction.Of(Status, """
            Package: bash
            Status: install ok installed
            Source: bash (5.2.15-2)
            Architecture: amd64
            Version: 5.2.15-2+b2

            Package: libssl3
            Status: install ok installed
            Source: openssl
            Architecture: amd64
            Version: 3.0.11-1~deb12u2

            Package: libc-bin
            Status: install ok installed
            Architecture: amd64
            Version: 2.36-9+deb12u4
            Source: glibc (2.36-9)
            """).Packages);

    [Fact]
    public void KeysHaveNoCaseTheFirstWinsAndContinuedLinesAreNoFields() => Assert.Equal(
        ["a@1"],
        Extraction.Names(Status, "PACKAGE: a\nstatus: install ok installed\nversion: 1\nVersion: 2\nDescription: text\n Version: 3\n\tVersion: 4\n .\n Package: b\n"));

    [Fact]
    public void MultiArchPackagesAreTwo() => Assert.Equal(
        ["amd64", "i386"],
        Extraction.Of(Status, "Package: libc6\nArchitecture: amd64\nVersion: 1\n\nPackage: libc6\nArchitecture: i386\nVersion: 1\n").Packages.Select(package => package.Architecture));

    [Theory]
    [InlineData("Package: a\nVersion: 1\n\n\n\nPackage: b\nVersion: 2")]
    [InlineData("\nPackage: a\r\nVersion: 1\r\n\r\nPackage: b\r\nVersion: 2\r\n\r\n")]
    [InlineData("\uFEFFPackage: a\nVersion: 1\n \t \nPackage: b\nVersion: 2\n")]
    public void BlankLinesAndLineEndsMayVary(string content) => Assert.Equal(["a@1", "b@2"], Extraction.Names(Status, content));

    [Fact]
    public void VcpkgsFileOfTheSameNameIsNotDebians() => Assert.Same(
        FileScan.Empty,
        Extraction.Of(Status, "Package: zlib\nVersion: 1.3.1\nPort-Version: 2\nArchitecture: x64-linux\nAbi: 9f\nStatus: install ok installed\n"));

    [Theory]
    [InlineData("Package: broken\nStatus: install ok installed")]
    [InlineData("Version: 1\nStatus: install ok installed")]
    [InlineData("Package: broken\nVersion: 1\nStatus: installed")]
    [InlineData("Package: broken\nVersion: 1\nStatus: install ok strange")]
    [InlineData("Package: broken\nVersion: 1\ngarbage")]
    [InlineData("Package: two words\nVersion: 1")]
    [InlineData("\0\u0001\u0002")]
    public void AnUnreadableParagraphIsAGapAndHidesNoOther(string paragraph)
    {
        var scan = Extraction.Of(Status, $"Package: a\nVersion: 1\n\n{paragraph}\n\nPackage: b\nVersion: 2\n");
        Assert.Equal(["a", "b"], scan.Packages.Select(package => package.Name));
        Assert.Equal(ScanGapKind.Malformed, Assert.Single(scan.Gaps!).Kind);
    }

    [Fact]
    public void ALineOfTwoMegabytesIsPassedOverAndTold()
    {
        var scan = Extraction.Of(Status, $"Package: a\nVersion: 1\nDescription: {new string('x', 2 << 20)}\n\nPackage: b\nVersion: {new string('1', 2 << 20)}\n\nPackage: c\nVersion: 2\n");
        Assert.Equal(["a", "c"], scan.Packages.Select(package => package.Name));
        Assert.Equal(["1 entries of this file could not be read.", "2 lines of this file are longer than 1048576 bytes; they were not read."], scan.Gaps!.Select(gap => gap.Reason));
    }

    [Fact]
    public void PackagesBeyondTheLimitAreAGap()
    {
        var scan = Extraction.Of(Status, string.Concat(Enumerable.Range(0, 200_001).Select(number => $"Package: p{number}\nVersion: 1\n\n")));
        Assert.Equal(200_000, scan.Packages.Count);
        Assert.Equal(ScanGapKind.Limit, Assert.Single(scan.Gaps!).Kind);
    }
}
