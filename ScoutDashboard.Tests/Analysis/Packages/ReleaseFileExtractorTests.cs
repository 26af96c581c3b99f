using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class ReleaseFileExtractorTests
{
    [Theory]
    [InlineData("etc/alpine-release", "3.12.0\n", "alpine", "3.12.0")]
    [InlineData("etc/debian_version", "9.13\n", "debian", "9.13")]
    [InlineData("etc/debian_version", "trixie/sid\n", "debian", null)]
    [InlineData("etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_DESCRIPTION=\"Ubuntu 14.04.6 LTS\"\n", "ubuntu", "14.04")]
    [InlineData("etc/system-release-cpe", "cpe:/o:centos:linux:6:GA\n", "centos", "6")]
    [InlineData("usr/lib/system-release-cpe", "cpe:2.3:o:amazon:amazon_linux:2", "amzn", "2")]
    [InlineData("etc/centos-release", "CentOS Linux release 7.9.2009 (Core)\n", "centos", "7.9.2009")]
    [InlineData("opt/root/etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n", "rhel", "6.10")]
    public void OlderFilesNameTheDistribution(string path, string text, string id, string? version)
    {
        var distribution = Extraction.Of(path, text).Distribution!;
        Assert.Equal((id, version), (distribution.Id, distribution.VersionId));
    }

    [Theory]
    [InlineData("etc/alpine-release", "edge; rm -rf")]
    [InlineData("etc/redhat-release", "Some Linux release 9")]
    [InlineData("etc/system-release-cpe", "cpe:/o")]
    [InlineData("etc/lsb-release", "DISTRIB_ID=\nX\n")]
    [InlineData("etc/some-release", "")]
    public void WhatIsNoneSaysNothing(string path, string text) => Assert.True(Extraction.Of(path, text).IsEmpty);

    [Fact]
    public async Task OsReleaseComesFirstAndLinksAreFollowed()
    {
        var ubuntu = await MergeAsync(new LayerTar().File("etc/debian_version", "bookworm/sid").File("etc/os-release", "ID=ubuntu\nVERSION_ID=24.04\n"));
        Assert.Equal("ubuntu", ubuntu.Distribution!.Id);
        var old = await MergeAsync(new LayerTar().Symlink("etc/redhat-release", "centos-release").File("etc/centos-release", "CentOS release 6.10 (Final)"));
        Assert.Equal(("centos", "6.10"), (old.Distribution!.Id, old.Distribution.VersionId));
        Assert.Empty(old.Gaps);
    }

    private static async Task<MergedInventory> MergeAsync(LayerTar tar)
    {
        var blob = tar.ToGzip();
        var scan = await new LayerScanner(PackageExtractors.All, new AnalysisLimits()).ScanAsync(new MemoryStream(blob), Digest.Of(blob), blob.Length, NoProgress.Instance, CancellationToken.None);
        return LayerMerge.Merge([scan], new AnalysisLimits());
    }
}
