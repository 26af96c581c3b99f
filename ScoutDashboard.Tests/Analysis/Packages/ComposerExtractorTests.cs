using System.Text.Json;
using ScoutDashboard.Analysis;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class ComposerExtractorTests
{
    private const string Path = "app/vendor/composer/installed.json";
    private const string Package = """{"name":"Symfony/HttpKernel","version":"v6.3.1","version_normalized":"6.3.1.0","license":["MIT","Apache-2.0"]}""";

    [Theory]
    [InlineData("{\"packages\":[" + Package + "],\"dev\":false,\"dev-package-names\":[]}")]
    [InlineData("[" + Package + "]")]
    [InlineData("\uFEFF[" + Package + "]\n")]
    public void BothFormsAreRead(string text)
    {
        var package = Assert.Single(Extraction.Of(Path, text).Packages);
        Assert.Equal(("symfony/httpkernel", "6.3.1", "MIT OR Apache-2.0"), (package.Name, package.Version, package.License));
    }

    [Fact]
    public void ABranchKeepsItsNameAndAnEntryWithoutVersionIsTold()
    {
        var scan = Extraction.Of(Path, """{"packages":[{"name":"a/b","version":"dev-vnext"},{"name":"a/c"},7]}""");
        Assert.Equal("dev-vnext", Assert.Single(scan.Packages).Version);
        Assert.Contains("2 entries", Assert.Single(scan.Gaps!).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileWithoutAListIsMalformed()
    {
        Assert.Throws<InvalidDataException>(() => Extraction.Of(Path, """{"packages":{}}"""));
        Assert.Throws<InvalidDataException>(() => Extraction.Of(Path, "7"));
        Assert.ThrowsAny<JsonException>(() => Extraction.Of(Path, """{"packages":[]} x"""));
    }

    [Fact]
    public void TheVendorIsThePurlsNamespace()
    {
        var identity = ComponentIdentity.Of(new FoundPackage("composer", "symfony/http-kernel", "6.3.1"), null);
        Assert.Equal(("pkg:composer/symfony/http-kernel@6.3.1", "Packagist", "symfony/http-kernel"), (identity.Purl, identity.Ecosystem, identity.AdvisoryName));
    }
}
