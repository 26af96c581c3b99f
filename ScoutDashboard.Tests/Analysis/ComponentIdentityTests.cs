using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis;

public sealed class ComponentIdentityTests
{
    private static readonly Distribution Debian = new("debian", "12");
    private static readonly Distribution Alpine = new("alpine", "3.20.3");

    [Fact]
    public void DebianPackagesAreMatchedByTheirSource()
    {
        var identity = ComponentIdentity.Of(new FoundPackage("deb", "libssl3", "3.0.15-1+b1", "amd64", "openssl", "3.0.15-1"), Debian);
        Assert.Equal("pkg:deb/debian/libssl3@3.0.15-1%2Bb1?arch=amd64&distro=debian-12&upstream=openssl%403.0.15-1", identity.Purl);
        Assert.Equal(("openssl", "3.0.15-1", "Debian:12", "Debian"), (identity.AdvisoryName, identity.AdvisoryVersion, identity.Ecosystem, identity.EcosystemBase));
        Assert.Equal(("libssl3", "3.0.15-1+b1"), (identity.Name, identity.Version));
    }

    [Theory]
    [InlineData(null, null, "pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12")]
    [InlineData("bash", "5.2", "pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12")]
    [InlineData(null, "5.1", "pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12&upstream=bash%405.1")]
    [InlineData("shell", null, "pkg:deb/debian/bash@5.2?arch=amd64&distro=debian-12&upstream=shell")]
    public void UpstreamIsToldOnlyWhereItDiffers(string? source, string? sourceVersion, string purl) =>
        Assert.Equal(purl, ComponentIdentity.Of(new FoundPackage("deb", "bash", "5.2", "amd64", source, sourceVersion), Debian).Purl);

    [Fact]
    public void AlpinePackagesAreMatchedByTheirOrigin()
    {
        var identity = ComponentIdentity.Of(new FoundPackage("apk", "libcrypto3", "3.3.2-r1", "x86_64", "openssl"), Alpine);
        Assert.Equal("pkg:apk/alpine/libcrypto3@3.3.2-r1?arch=x86_64&distro=alpine-3.20.3&upstream=openssl", identity.Purl);
        Assert.Equal(("openssl", "3.3.2-r1", "Alpine:v3.20"), (identity.AdvisoryName, identity.AdvisoryVersion, identity.Ecosystem));
    }

    [Theory]
    [InlineData("npm", "@angular/core", "pkg:npm/%40angular/core@1.0", "@angular/core", "npm")]
    [InlineData("npm", "JSONStream", "pkg:npm/JSONStream@1.0", "JSONStream", "npm")]
    [InlineData("nuget", "Newtonsoft.Json", "pkg:nuget/Newtonsoft.Json@1.0", "newtonsoft.json", "NuGet")]
    [InlineData("maven", "org.acme:app", "pkg:maven/org.acme/app@1.0", "org.acme:app", "Maven")]
    [InlineData("maven", "app", "pkg:maven/app@1.0", ":app", "Maven")]
    [InlineData("pypi", "Zope._-Interface", "pkg:pypi/zope-interface@1.0", "zope-interface", "PyPI")]
    public void LanguagePackagesHaveTheNamesThatAdvisoriesUse(string type, string name, string purl, string advisoryName, string ecosystem)
    {
        var identity = ComponentIdentity.Of(new FoundPackage(type, name, "1.0"), Debian);
        Assert.Equal((purl, advisoryName, ecosystem, name), (identity.Purl, identity.AdvisoryName, identity.Ecosystem, identity.Name));
    }

    [Fact]
    public void APackageOfAnotherDistributionsKindHasNoEcosystem()
    {
        Assert.Equal("", ComponentIdentity.Of(new FoundPackage("deb", "bash", "5.2"), Alpine).Ecosystem);
        Assert.Equal("", ComponentIdentity.Of(new FoundPackage("apk", "bash", "5.2"), Debian).Ecosystem);
        Assert.Equal("", ComponentIdentity.Of(new FoundPackage("deb", "bash", "5.2"), new Distribution("kali", "2024.3")).Ecosystem);
        Assert.Equal("pkg:deb/bash@5.2", ComponentIdentity.Of(new FoundPackage("deb", "bash", "5.2"), null).Purl);
    }
}
