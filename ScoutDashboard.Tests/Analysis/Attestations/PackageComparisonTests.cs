using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Attestations;
using ScoutDashboard.Analysis.Layers;
using ScoutDashboard.Data;

namespace ScoutDashboard.Tests.Analysis.Attestations;

public sealed class PackageComparisonTests
{
    [Theory]
    [InlineData("pkg:deb/debian/bash@5.2-1?arch=amd64&distro=debian-12", "pkg:deb/debian/bash@5.2-1?arch=amd64&distro=debian-12&upstream=x")]
    [InlineData("pkg:deb/debian/bash@1%3A5.2-1", "pkg:deb/ubuntu/bash@5.2-1?epoch=1")]
    [InlineData("pkg:rpm/rhel/curl@7.61-1?epoch=2", "pkg:rpm/redhat/curl@2%3A7.61-1")]
    [InlineData("pkg:rpm/fedora/curl@7.61-1", "pkg:rpm/fedora/curl@7.61-1?epoch=0")]
    [InlineData("pkg:apk/alpine/musl@1.2.5-r0", "pkg:apk/wolfi/musl@1.2.5-r0")]
    [InlineData("pkg:golang/github.com/BurntSushi/toml@v1.4.0", "pkg:golang/github.com/burntsushi/toml@1.4.0")]
    [InlineData("pkg:golang/github.com/a/b/v2@v2.0.0%2Bincompatible", "pkg:golang/github.com/a/b@v2.0.0+incompatible#v2")]
    [InlineData("pkg:golang/stdlib@1.23.1", "pkg:golang/stdlib@go1.23.1")]
    [InlineData("pkg:npm/%40angular/core@1.0.0", "pkg:npm/@angular/core@1.0.0")]
    [InlineData("pkg:pypi/zope-interface@5.0", "pkg:pypi/zope.interface@5.0")]
    [InlineData("pkg:pypi/a-b@1", "pkg:pypi/A__B@1")]
    [InlineData("pkg:nuget/Newtonsoft.Json@13.0.1-Beta", "pkg:nuget/newtonsoft.json@13.0.1-beta")]
    [InlineData("pkg:composer/symfony/console@v7.0", "pkg:composer/Symfony/Console@7.0")]
    [InlineData("pkg:maven/guava@33.0", "pkg:maven/com.google.guava/guava@33.0")]
    public void TheSamePackageIsTheSameHoweverToolsSpellIt(string ours, string theirs) => Assert.Equal((1, 1, 0, 0), Counts(Compare([theirs], ours)));

    [Theory]
    [InlineData("pkg:deb/debian/bash@1%3A5.2-1", "pkg:deb/debian/bash@2%3A5.2-1")]
    [InlineData("pkg:deb/debian/bash@1%3A5.2-1", "pkg:deb/debian/bash@5.2-1")]
    [InlineData("pkg:deb/debian/bash@5.2", "pkg:apk/alpine/bash@5.2")]
    [InlineData("pkg:npm/%40a/core@1", "pkg:npm/%40b/core@1")]
    [InlineData("pkg:maven/org.a/guava@33.0", "pkg:maven/org.b/guava@33.0")]
    [InlineData("pkg:cargo/serde@1.0.1", "pkg:cargo/serde@1.0.2")]
    [InlineData("pkg:golang/github.com/a/b@v1", "pkg:golang/github.com/a/b/v2@v1")]
    public void AnotherPackageOrVersionIsAnother(string ours, string theirs)
    {
        var agreement = Compare([theirs], ours);

        Assert.Equal((1, 0, 1, 1), Counts(agreement));
        Assert.Equal((theirs, ours), (Assert.Single(agreement.ThereList), Assert.Single(agreement.HereList)));
    }

    [Fact]
    public void WithoutAPurlNameAndVersionTell()
    {
        var sbom = Sbom(new(null, "BASH", "5.2"), new(null, "gone", "1"), new(null, "versionless", null), new("pkg:npm/versionless", "versionless", "1"));
        var agreement = PackageComparison.Compare(sbom, [Ours("pkg:deb/debian/bash@5.2", "bash", "5.2"), Ours("pkg:npm/bash@5.2", "bash", "5.2")], 10);

        Assert.Equal((2, 1, 1, 0, 2), (agreement.Named, agreement.Both, agreement.OnlyThere, agreement.OnlyHere, agreement.NotCompared));
        Assert.Equal(["gone 1"], agreement.ThereList);
    }

    [Fact]
    public void RepetitionsCountOnceAndTheImageItselfNotAtAll() => Assert.Equal((2, 1, 1, 0), Counts(Compare(
        ["pkg:npm/a@1", "pkg:npm/a@1?x=y", "pkg:npm/b@1", "pkg:npm/b@1#p", "pkg:oci/app@sha256%3Aabc", "pkg:docker/app@1"], "pkg:npm/a@1")));

    [Fact]
    [Trait("Limit", nameof(AnalysisLimits.AttestationDifferences))]
    public void OnlySoManyDifferencesAreNamedButAllAreCounted()
    {
        var agreement = PackageComparison.Compare(Sbom([.. Enumerable.Range(0, 30).Reverse().Select(at => new SbomPackage($"pkg:npm/there{at:00}@1", "x", "1"))]),
            [.. Enumerable.Range(0, 20).Reverse().Select(at => Ours($"pkg:npm/here{at:00}@1", $"here{at:00}", "1"))], 2);

        Assert.Equal((30, 0, 30, 20), Counts(agreement));
        Assert.Equal(["pkg:npm/there00@1", "pkg:npm/there01@1"], agreement.ThereList);
        Assert.Equal(["pkg:npm/here00@1", "pkg:npm/here01@1"], agreement.HereList);
    }

    private static PackageAgreement Compare(string[] theirs, params string[] ours) =>
        PackageComparison.Compare(Sbom([.. theirs.Select(purl => new SbomPackage(purl, "x", "1"))]), [.. ours.Select(purl => Ours(purl, "y", "2"))], 10);

    private static SbomDocument Sbom(params SbomPackage[] packages) => new("SPDX 2.3", null, null, packages, IsCut: false);

    private static ComponentIdentity Ours(string purl, string name, string version) => new(purl, "", "", "", name, version, name, version);

    private static (int, int, int, int) Counts(PackageAgreement agreement) => (agreement.Named, agreement.Both, agreement.OnlyThere, agreement.OnlyHere);
}
