using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Analysis.Packages;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis;

public sealed class OwnershipTests
{
    private const string Debian = "ID=debian\nVERSION_ID=12\n";
    private const string Metadata = "Name: six\nVersion: 1.16.0\n\n";
    private const string Six = "usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA";

    [Fact]
    public async Task WhatTheDistributionBroughtIsCoveredByItsAdvisories()
    {
        var inventory = await LayeredImage.InventoryAsync(Image(Debian, "Package: python3-six\nVersion: 1.16.0-4\nSource: six\nMaintainer: Debian Python Team <team@tracker.debian.org>\n\n")
            .File("var/lib/dpkg/info/python3-six.list", $"/.\n/usr\n/{Six}\n").File("opt/venv/lib/six-1.16.0.dist-info/METADATA", Metadata));
        var owned = inventory.Components["pkg:pypi/six@1.16.0?distro=debian-12&owner=python3-six"];
        Assert.Equal(("Debian:12", "", "python3-six"), (owned.Ecosystem, owned.AdvisoryName, owned.Owner));
        var own = inventory.Components["pkg:pypi/six@1.16.0"];
        Assert.Equal(("PyPI", "six", null), (own.Ecosystem, own.AdvisoryName, own.Owner));
        Assert.Empty(inventory.Gaps);
    }

    [Theory]
    [InlineData(Debian, "Package: python3-six\nVersion: 1\nMaintainer: NodeSource <gpg-rpm@nodesource.com>\n\n")]
    [InlineData(Debian, "Package: python3-six\nVersion: 1\nMaintainer: Our own build <ci@contoso.example>\n\n")]
    [InlineData(Debian, "Package: python3-six\nVersion: 1\nMaintainer: debian.org <ci@notdebian.org>\n\n")]
    [InlineData(Debian, "Package: python3-six\nVersion: 1\nMaintainer: debian.org\n\n")]
    [InlineData(Debian, "Package: python3-six\nVersion: 1\n\n")]
    [InlineData("ID=kali\nVERSION_ID=2024\n", "Package: python3-six\nVersion: 1\nMaintainer: A <a@debian.org>\n\n")]
    public async Task AnotherVendorsOrAnUnknownDistributionsFilesAreMatchedAsTheLanguages(string release, string status)
    {
        var inventory = await LayeredImage.InventoryAsync(Image(release, status).File("var/lib/dpkg/info/python3-six.list", $"/{Six}\n"));
        var owned = inventory.Components["pkg:pypi/six@1.16.0?owner=python3-six"];
        Assert.Equal(("PyPI", "six", "python3-six"), (owned.Ecosystem, owned.AdvisoryName, owned.Owner));
    }

    [Fact]
    public async Task AHigherLayerThatRemovesThePackageLeavesTheFileUnowned()
    {
        var inventory = await LayeredImage.InventoryAsync(
            Image(Debian, "Package: python3-six\nVersion: 1.16.0-4\nMaintainer: A <a@debian.org>\n\n").File("var/lib/dpkg/info/python3-six.list", $"/{Six}\n"),
            new LayerTar().File("var/lib/dpkg/status", "\n").Whiteout("var/lib/dpkg/info/python3-six.list"));
        Assert.Equal("PyPI", inventory.Components["pkg:pypi/six@1.16.0"].Ecosystem);
    }

    [Fact]
    public async Task ListsMaySayLibWhereTheFileLiesInUsrLib()
    {
        var inventory = await LayeredImage.InventoryAsync(Image(Debian, "Package: python3-six\nVersion: 1.16.0-4\nMaintainer: A <a@debian.org>\n\n").File("var/lib/dpkg/info/python3-six:all.list", $"/{Six[4..]}\n"));
        Assert.Contains("pkg:pypi/six@1.16.0?distro=debian-12&owner=python3-six", inventory.Components.Keys);
    }

    [Fact]
    public async Task DistrolessSumsAlpinesListAndRpmHeadersTellOwnersToo()
    {
        var distroless = await LayeredImage.InventoryAsync(new LayerTar().File("etc/os-release", Debian).File(Six, Metadata).File("var/lib/dpkg/status.d/python3-six", "Package: python3-six\nVersion: 1\nMaintainer: A <a@lists.debian.org>\n\n")
            .File("var/lib/dpkg/status.d/python3-six.md5sums", $"d41d8cd98f00b204e9800998ecf8427e  {Six}\n"));
        Assert.Equal("Debian:12", distroless.Components["pkg:pypi/six@1.16.0?distro=debian-12&owner=python3-six"].Ecosystem);

        var alpine = await LayeredImage.InventoryAsync(new LayerTar().File("etc/os-release", "ID=alpine\nVERSION_ID=3.20.3\n").File(Six, Metadata)
            .File("lib/apk/db/installed", $"P:py3-six\nV:1.16.0-r9\nF:{Path.GetDirectoryName(Six)}\nR:METADATA\nZ:Q1x=\n\nP:other\nV:1-r0\nF:bin\nR:x\n"));
        Assert.Equal("Alpine:v3.20", alpine.Components["pkg:pypi/six@1.16.0?distro=alpine-3.20.3&owner=py3-six"].Ecosystem);

        var header = RpmDatabases.Header("python3-six", "1.16.0", "9.el9", vendor: "AlmaLinux", files: ["usr/lib/python3/x", Six]);
        var alma = await LayeredImage.InventoryAsync(new LayerTar().File("etc/os-release", "ID=almalinux\nVERSION_ID=9.4\n").File(Six, Metadata).File("var/lib/rpm/Packages.db", RpmDatabases.Ndb(header)));
        Assert.Equal("AlmaLinux:9", alma.Components["pkg:pypi/six@1.16.0?distro=almalinux-9.4&owner=python3-six"].Ecosystem);
    }

    [Theory]
    [InlineData("azurelinux", "3.0", "Microsoft Corporation", "Azure Linux:3")]
    [InlineData("almalinux", "9.4", "Microsoft Corporation", "PyPI")]
    [InlineData("almalinux", "9.4", null, "PyPI")]
    [InlineData("rocky", "9.4", "Rocky Enterprise Software Foundation", "Rocky Linux:9")]
    public async Task AnRpmCountsAsTheDistributionsWhereItsVendorIsThat(string id, string version, string? vendor, string ecosystem)
    {
        var header = RpmDatabases.Header("python3-six", "1.16.0", "9", vendor: vendor, files: [Six]);
        var inventory = await LayeredImage.InventoryAsync(new LayerTar().File("etc/os-release", $"ID={id}\nVERSION_ID={version}\n").File(Six, Metadata).File("var/lib/rpm/Packages.db", RpmDatabases.Ndb(header)));
        Assert.Equal((ecosystem, $"pkg:pypi/six@1.16.0?{(ecosystem == "PyPI" ? "" : $"distro={id}-{version}&")}owner=python3-six"),
            Assert.Single(inventory.Components.Values, component => component.Type == "pypi") is var found ? (found.Ecosystem, found.Purl) : default);
    }

    [Fact]
    public async Task MoreListedFilesThanTheLimitAreAGap()
    {
        var limits = new AnalysisLimits { OwnedPaths = 1 };
        var inventory = await LayeredImage.MergeAsync(limits, Image(Debian, "Package: a\nVersion: 1\n\n").File("var/lib/dpkg/info/a.list", "/usr/bin/a\n/usr/bin/b\n"));
        Assert.Equal(ScanGapKind.Limit, Assert.Single(inventory.Gaps).Kind);
    }

    private static LayerTar Image(string release, string status) =>
        new LayerTar().File("etc/os-release", release).File("var/lib/dpkg/status", status).File(Six, Metadata);
}
