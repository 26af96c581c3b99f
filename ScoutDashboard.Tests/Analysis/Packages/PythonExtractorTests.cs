using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class PythonExtractorTests
{
    private const string Path = "usr/lib/python3.12/site-packages/Flask_Cors-4.0.0.dist-info/METADATA";

    [Theory]
    [InlineData("site-packages/flask-3.0.0.dist-info/METADATA", true)]
    [InlineData("site-packages/FLASK-3.0.0.DIST-INFO/METADATA", true)]
    [InlineData("dist-packages/six-1.16.0.egg-info/PKG-INFO", true)]
    [InlineData("dist-packages/six-1.16.0.egg-info", true)]
    [InlineData("site-packages/six-1.16.0-py3.12.egg/EGG-INFO/PKG-INFO", true)]
    [InlineData("site-packages/flask-3.0.0.dist-info/RECORD", false)]
    [InlineData("site-packages/flask/METADATA", false)]
    [InlineData("src/PKG-INFO", false)]
    [InlineData("src/.egg-info", false)]
    public void InstalledMetadataIsFoundByItsFolder(string path, bool wanted) => Assert.Equal(wanted, Extraction.Wanting(path)?.Id == "python");

    [Theory]
    [InlineData("Metadata-Version: 2.1\nName: Flask_Cors\nVersion: 4.0.0\nLicense: MIT\n\nName: body\nVersion: 9", "Flask_Cors", "4.0.0", "MIT")]
    [InlineData("name: A\r\nVERSION: 1.0\r\nName: B\r\n\r\n", "A", "1.0", null)]
    [InlineData("Name: a\nSummary: first\n  Version: 8\nVersion: 1\nLicense: UNKNOWN", "a", "1", null)]
    [InlineData("Name: a\nVersion: 1\nLicense: long text\nLicense-Expression: MIT OR Apache-2.0\n", "a", "1", "MIT OR Apache-2.0")]
    public void TheFirstNameAndVersionOfTheHeadWin(string content, string name, string version, string? license) =>
        Assert.Equal([new FoundPackage("pypi", name, version, License: license)], Extraction.Of(Path, content).Packages);

    [Fact]
    public void JunkThatIsNoUtf8DoesNotHideThePackage() =>
        Assert.Single(Extraction.Of(Path, [.. "Author: "u8, 0xE9, 0xFF, .. "\nName: a\nVersion: 1\n"u8]).Packages);

    [Fact]
    public void ALongDescriptionIsNotRead() => Assert.Single(Extraction.Of(Path, "Name: a\nVersion: 1\n\n" + new string('x', 2 << 20)).Packages);

    [Theory]
    [InlineData("")]
    [InlineData("Name: a")]
    [InlineData("Version: 1")]
    [InlineData("\nName: a\nVersion: 1")]
    public void MetadataWithoutNameOrVersionIsMalformed(string content) => Assert.Throws<InvalidDataException>(() => Extraction.Of(Path, content));
}
