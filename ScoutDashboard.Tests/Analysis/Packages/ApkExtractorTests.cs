using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class ApkExtractorTests
{
    private const string Installed = "lib/apk/db/installed";

    [Theory]
    [InlineData("lib/apk/db/installed", true)]
    [InlineData("usr/lib/apk/db/installed", true)]
    [InlineData("chroot/lib/apk/db/installed", true)]
    [InlineData("lib/apk/db/installed.new", false)]
    [InlineData("mylib/apk/db/installed", false)]
    public void BothPlacesCount(string path, bool wanted) => Assert.Equal(wanted, Extraction.Wanting(path)?.Id == "apk");

    [Fact]
    public void FieldsMayComeInAnyOrderAndFilesAreNoFields() => Assert.Equal(
        [
            new FoundPackage("apk", "busybox-binsh", "1.36.1-r29", "x86_64", "busybox", License: "GPL-2.0-only"),
            new FoundPackage("apk", "musl", "1.2.5-r0", "aarch64", License: "MIT"),
        ],
        Extraction.Of(Installed, """
            C:Q1abcdefghijklmnopqrstuvwxyz0=
            o:busybox
            P:busybox-binsh
            L:GPL-2.0-only
            V:1.36.1-r29
            A:x86_64
            F:bin
            R:sh
            a:0:0:777
            Z:Q1pcfTfDNEbNKQc2s1tia7da05M8Q=

            V:1.2.5-r0
            P:musl
            o:musl
            A:aarch64
            L:MIT
            """).Packages);

    [Fact]
    public void KeysHaveCase() => Assert.Equal(["a@1-r0"], Extraction.Names(Installed, "P:a\nV:1-r0\np:so:liba=1\nv:2\n"));

    [Theory]
    [InlineData("P:.build-deps\nV:20240101.120000\n")]
    [InlineData("P:.gyp\nV:0\n")]
    [InlineData("P:my-deps\nV:20240101.120000\n")]
    public void VirtualPackagesAreNone(string content) => Assert.Same(FileScan.Empty, Extraction.Of(Installed, content));

    [Fact]
    public void ADatedReleaseIsNoVirtualPackage() =>
        Assert.Equal(["tzdata@2024a-r1", "ca@20240226-r0"], Extraction.Names(Installed, "P:tzdata\nV:2024a-r1\n\nP:ca\nV:20240226-r0"));

    [Theory]
    [InlineData("P:broken")]
    [InlineData("V:1-r0")]
    [InlineData("P:broken\nV:1-r0\nno key")]
    [InlineData("P:\nV:1-r0")]
    public void AnUnreadableParagraphIsAGapAndHidesNoOther(string paragraph)
    {
        var scan = Extraction.Of(Installed, $"P:a\nV:1-r0\n\n{paragraph}\n\nP:b\nV:2-r0\n");
        Assert.Equal(["a", "b"], scan.Packages.Select(package => package.Name));
        Assert.Equal(ScanGapKind.Malformed, Assert.Single(scan.Gaps!).Kind);
    }

    [Fact]
    public void ALineOfTwoMegabytesIsPassedOverAndTold()
    {
        var scan = Extraction.Of(Installed, $"P:a\nV:1\nD:{new string('x', 2 << 20)}\n\nP:b\nV:2\n");
        Assert.Equal(["a", "b"], scan.Packages.Select(package => package.Name));
        Assert.Equal("1 lines of this file are longer than 1048576 bytes; they were not read.", Assert.Single(scan.Gaps!).Reason);
    }
}
