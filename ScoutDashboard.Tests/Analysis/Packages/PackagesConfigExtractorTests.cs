using ScoutDashboard.Analysis.Packages;
using ScoutDashboard.Images;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class PackagesConfigExtractorTests
{
    private const string Path = "inetpub/wwwroot/packages.config";

    [Theory]
    [InlineData(Path, true)]
    [InlineData("src/Packages.Config", true)]
    [InlineData("src/my.packages.config", false)]
    [InlineData("src/packages.config/x", false)]
    public void TheNameTellsTheFormat(string path, bool wanted) => Assert.Equal(wanted, Extraction.Wanting(path)?.Id == "packages-config");

    [Fact]
    public void ItsPackagesAreDeclared() => Assert.Equal(
        [new FoundPackage("nuget", "jQuery", "3.1.1", ListedOnly: ListedOnly.Declared), new FoundPackage("nuget", "NLog", "4.3.10", ListedOnly: ListedOnly.Declared)],
        Extraction.Of(Path, """
            <?xml version="1.0" encoding="utf-8"?>
            <packages>
              <!-- <package id="gone" version="1.0.0" /> -->
              <package id="jQuery" version="3.1.1" targetFramework="net46" />
              <package id="NLog" version="4.3.10" targetFramework="net46"><package id="inner" version="1.0.0" /></package>
              <package id="NLog" version="4.3.10" targetFramework="net48" />
              <other id="x" version="1.0.0" />
            </packages>
            """).Packages);

    [Theory]
    [InlineData("")]
    [InlineData("<packages>")]
    [InlineData("<configuration />")]
    [InlineData("""<!DOCTYPE packages [<!ENTITY a "a">]><packages><package id="&a;" version="1" /></packages>""")]
    public void WhatIsNoListOfPackagesIsMalformed(string content) => Assert.Throws<InvalidDataException>(() => Extraction.Of(Path, content));

    [Fact]
    public void APackageWithoutVersionIsToldAndTheOthersAreRead()
    {
        var scan = Extraction.Of(Path, """<packages><package id="a" /><package id="b" version="1.0.0" /></packages>""");
        Assert.Equal("b", Assert.Single(scan.Packages).Name);
        Assert.Equal(ScanGapKind.Malformed, Assert.Single(scan.Gaps!).Kind);
    }
}
