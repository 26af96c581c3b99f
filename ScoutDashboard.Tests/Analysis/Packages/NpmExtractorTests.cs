using System.Text.Json;
using ScoutDashboard.Analysis.Packages;

namespace ScoutDashboard.Tests.Analysis.Packages;

public sealed class NpmExtractorTests
{
    private const string Path = "app/node_modules/rxjs/package.json";

    [Theory]
    [InlineData("node_modules/rxjs/package.json", true)]
    [InlineData("app/node_modules/@angular/core/package.json", true)]
    [InlineData("app/node_modules/a/node_modules/b/package.json", true)]
    [InlineData("app/node_modules/.pnpm/b@1.0.0/node_modules/b/package.json", true)]
    [InlineData("app/node_modules/rxjs/ajax/package.json", false)]
    [InlineData("app/node_modules/@angular/core/testing/package.json", false)]
    [InlineData("app/node_modules/@angular/package.json", false)]
    [InlineData("app/node_modules/package.json", false)]
    [InlineData("app/node_modules/a/node_modules/package.json", false)]
    [InlineData("app/node_modules/.bin/package.json", false)]
    [InlineData("app/package.json", false)]
    [InlineData("app/my_node_modules/a/package.json", false)]
    [InlineData("app/node_modules/a/package.json.bak", false)]
    public void OnlyTheFolderRightBelowNodeModulesIsAPackage(string path, bool wanted) => Assert.Equal(wanted, Extraction.Wanting(path)?.Id == "npm");

    [Theory]
    [InlineData("""{"name":"rxjs","version":"7.8.1","license":"Apache-2.0"}""", "rxjs", "7.8.1", "Apache-2.0")]
    [InlineData("""{"name":"@angular/core","version":"17.0.0","license":{"type":"MIT","url":"x"}}""", "@angular/core", "17.0.0", "MIT")]
    [InlineData("""{"name":"a","version":"1.0.0","licenses":[{"type":"MIT"},"BSD-3-Clause",4]}""", "a", "1.0.0", "MIT OR BSD-3-Clause")]
    [InlineData("""{"scripts":{"name":"no","version":"0"},"version":"1","name":"nested","license":7}""", "nested", "1", null)]
    [InlineData("""{"name":"old","version":"1","name":"new"}""", "new", "1", null)]
    [InlineData("""{"n\u0061me":"escaped","version":"1"}""", "escaped", "1", null)]
    [InlineData("\uFEFF  {\"name\":\"bom\",\"version\":\"1\",\"private\":false}\n", "bom", "1", null)]
    [InlineData("""{"name":"not-semver","version":"github:x/y"}""", "not-semver", "github:x/y", null)]
    [InlineData("""{"name":"real-name-of-an-alias","version":"2.0.0"}""", "real-name-of-an-alias", "2.0.0", null)]
    public void TheFileItselfSaysNameVersionAndLicense(string content, string name, string version, string? license) =>
        Assert.Equal([new FoundPackage("npm", name, version, License: license)], Extraction.Of(Path, content).Packages);

    [Theory]
    [InlineData("""{"name":"a","version":"1","private":true}""")]
    [InlineData("""{"private":true,"name":"a","version":"1"}""")]
    [InlineData("""{"type":"module"}""")]
    [InlineData("""{"name":"a"}""")]
    [InlineData("""{"name":["a"],"version":{"a":"1"}}""")]
    [InlineData("{}")]
    public void PrivateAndNamelessFilesAreNoPackages(string content) => Assert.Same(FileScan.Empty, Extraction.Of(Path, content));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"name":"a","version":"1" """)]
    [InlineData("""{"name":"a","version":"1"} trailing""")]
    [InlineData("""{"name":"a","version":"1",}""")]
    [InlineData("""{"name":"\ud800","version":"1"}""")]
    [InlineData("""{"\ud800":"a","version":"1"}""")]
    public void WhatIsNoJsonObjectIsMalformed(string content) => Assert.ThrowsAny<JsonException>(() => Extraction.Of(Path, content));

    [Fact]
    public void TextThatIsNoUtf8IsMalformed() => Assert.Throws<JsonException>(() => Extraction.Of(Path, [.. "{\"name\":\""u8, 0xFF, 0xFE, .. "\"}"u8]));

    [Theory]
    [InlineData("../../etc")]
    [InlineData("@scope")]
    [InlineData("@/a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("<script>")]
    [InlineData("")]
    public void ANameThatNpmForbidsIsAGap(string name)
    {
        var scan = Extraction.Of(Path, JsonSerializer.Serialize(new { name, version = "1" }));
        Assert.Empty(scan.Packages);
        Assert.Single(scan.Gaps!);
    }

    [Fact]
    public void DeepNestingIsOverALimit() =>
        Assert.Throws<FormatLimitException>(() => Extraction.Of(Path, $$"""{"x":{{new string('[', 10_000)}}{{new string(']', 10_000)}}}"""));
}
