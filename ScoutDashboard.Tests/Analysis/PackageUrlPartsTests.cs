using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis;

public sealed class PackageUrlPartsTests
{
    [Theory]
    [InlineData("pkg:npm/%40angular/core@1.0.0", "npm", "@angular", "core", "1.0.0")]
    [InlineData("pkg:npm/@angular/core", "npm", "@angular", "core", "")]
    [InlineData("pkg:npm/@angular/core@2.0", "npm", "@angular", "core", "2.0")]
    [InlineData("PKG://Deb/debian/bash@1%3A5.2-1?arch=amd64", "deb", "debian", "bash", "1:5.2-1")]
    [InlineData("pkg:golang/github.com/a/b@v1.0.0%2Bincompatible#v2", "golang", "github.com/a", "b", "v1.0.0+incompatible")]
    [InlineData("pkg:gem/rails@", "gem", "", "rails", "")]
    public void APackageUrlIsTakenApartAndDecoded(string text, string type, string @namespace, string name, string version)
    {
        Assert.True(PackageUrlParts.TryParse(text, out var parts));
        Assert.Equal((type, @namespace, name, version), (parts.Type, parts.Namespace, parts.Name, parts.Version));
    }

    [Fact]
    public void QualifiersAndSubpathAreKeptApart()
    {
        Assert.True(PackageUrlParts.TryParse("pkg:rpm/fedora/curl@7.50-1?Epoch=2&distro=fedora%2D25#a%20b/c", out var parts));
        Assert.Equal(("2", "fedora-25", "a b/c"), (parts.Qualifiers["epoch"], parts.Qualifiers["distro"], parts.Subpath));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bash@5.2")]
    [InlineData("pkg:")]
    [InlineData("pkg:deb")]
    [InlineData("pkg:deb/")]
    [InlineData("pkg:/bash")]
    public void WhatIsNoPackageUrlIsNone(string? text) => Assert.False(PackageUrlParts.TryParse(text, out _));

    [Fact]
    public void WhatIsWrittenHereIsReadBack()
    {
        Assert.True(PackageUrlParts.TryParse(PackageUrl.Format("npm", "@a b/c", "d@e/f?g#h", "1:2+3", ("k", "v&w=x")), out var parts));
        Assert.Equal(("@a b/c", "d@e/f?g#h", "1:2+3", "v&w=x"), (parts.Namespace, parts.Name, parts.Version, parts.Qualifiers["k"]));
    }
}
