using System.Text.Json.Nodes;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

public sealed class ParsedPackageUrlTests
{
    // The suite refuses two purls for capitals in a qualifier's key, which its own lines of "validate" read, as lines of other types with such keys do. They are read.
    private static readonly string[] ReadAllTheSame = ["pkg:gem/jruby-launcher@1.1.2?Platform=java", "pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25"];

    [SharedFact]
    public void EveryPurlOfTheSpecificationsTestsIsReadAsItSays()
    {
        var tests = Vectors("parse");
        Assert.True(tests.Count > 100, "The vectors are cut.");
        Assert.Empty(tests.Where(test => !ReadAllTheSame.Contains((string?)test["input"]) && Read((string)test["input"]!) != Expected(test))
            .Select(test => $"{test["input"]}: {Read((string)test["input"]!)} is not {Expected(test)}"));
        Assert.All(ReadAllTheSame, text => Assert.Contains(Vectors("validate"), test => (string?)test["input"] == text && Canonical(text) == (string?)test["expected_output"]));
    }

    [SharedFact]
    public void EveryPurlOfTheSpecificationsTestsIsWrittenAsItSays()
    {
        var (texts, parts) = (Vectors("validate"), Vectors("build"));
        Assert.True(texts.Count > 100 && parts.Count > 100, "The vectors are cut.");
        Assert.Empty(texts.Select(test => (Input: (string)test["input"]!, Said: Canonical((string)test["input"]!), Expected: Text(test)))
            .Concat(parts.Select(test => (Input: test["input"]!.ToJsonString(), Said: Built(test["input"]!.AsObject()), Expected: Text(test))))
            .Where(line => line.Said != line.Expected).Select(line => $"{line.Input}: {line.Said} is not {line.Expected}"));
    }

    [Theory]
    [InlineData("pkg:npm/%40angular/core@1.0.0", "npm", "@angular", "core", "1.0.0")]
    [InlineData("pkg:npm/@angular/core", "npm", "@angular", "core", null)]
    [InlineData("PKG:Deb/debian/libc6@2.36-9%2Bdeb12u4", "deb", "debian", "libc6", "2.36-9+deb12u4")]
    [InlineData("pkg:npm/@angular/core@2.0", "npm", "@angular", "core", "2.0")]
    [InlineData("PKG://Deb/debian/bash@1%3A5.2-1?arch=amd64", "deb", "debian", "bash", "1:5.2-1")]
    [InlineData("pkg:golang/github.com/a/b@v1.0.0%2Bincompatible#v2", "golang", "github.com/a", "b", "v1.0.0+incompatible")]
    [InlineData("pkg:gem/rails@", "gem", null, "rails", null)]
    [InlineData("pkg://golang/google.golang.org/genproto@abc#/googleapis/../api/", "golang", "google.golang.org", "genproto", "abc")]
    public void PartsAreDecoded(string text, string type, string? vendor, string name, string? version)
    {
        Assert.True(ParsedPackageUrl.TryParse(text, out var purl));
        Assert.Equal((type, vendor, name, version), (purl.Type, purl.Namespace, purl.Name, purl.Version));
    }

    [Fact]
    public void QualifiersAndSubpathAreKeptApart()
    {
        Assert.True(ParsedPackageUrl.TryParse("pkg:rpm/fedora/curl@7.50-1?Epoch=2&distro=fedora%2D25#a%20b/c", out var purl));
        Assert.Equal(("2", "fedora-25", "a b/c"), (purl.Qualifiers["epoch"], purl.Qualifiers["distro"], purl.Subpath));
    }

    [Fact]
    public void WhatIsWrittenHereIsReadBack()
    {
        Assert.True(ParsedPackageUrl.TryParse(PackageUrl.Format("npm", "@a b/c", "d@e/f?g#h", "1:2+3", ("k", "v&w=x")), out var purl));
        Assert.Equal(("@a b/c", "d@e/f?g#h", "1:2+3", "v&w=x"), (purl.Namespace, purl.Name, purl.Version, purl.Qualifiers["k"]));
    }

    [Theory]
    [InlineData("pkg:pypi/Zope._Interface-@5", "pkg:pypi/zope-interface@5")]
    [InlineData("pkg:golang/github.com/Masterminds/sprig@v3", "pkg:golang/github.com/Masterminds/sprig@v3")]
    [InlineData("pkg:npm/JSONStream@1.3.5", "pkg:npm/JSONStream@1.3.5")]
    [InlineData("pkg:deb/Debian/Bash@5.2", "pkg:deb/debian/bash@5.2")]
    [InlineData("pkg:rpm/Fedora/ModemManager@1", "pkg:rpm/fedora/ModemManager@1")]
    [InlineData("pkg:mlflow/Model@3?repository_url=https://dbc-1.cloud.Databricks.com/api", "pkg:mlflow/model@3?repository_url=https:%2F%2Fdbc-1.cloud.Databricks.com%2Fapi")]
    [InlineData("pkg:mlflow/Model@3?repository_url=https://example.org/databricks", "pkg:mlflow/Model@3?repository_url=https:%2F%2Fexample.org%2Fdatabricks")]
    [InlineData("pkg:git/codeberg.org/Forgejo/forgejo@a72d#a/b%20c", "pkg:git/codeberg.org/Forgejo/forgejo@a72d#a/b%20c")]
    public void NamesAreSpeltAsTheirTypeSays(string text, string expected) => Assert.Equal(expected, Canonical(text));

    [Fact]
    public void ATextWithoutMeasureIsNone() => Assert.False(ParsedPackageUrl.TryParse($"pkg:npm/{new string('a', 5000)}@1", out _));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("pkg:")]
    [InlineData("pkg:npm")]
    [InlineData("pkg:npm/")]
    [InlineData("pkg:/bash")]
    [InlineData("bash@5.2")]
    [InlineData("pkg:9npm/a")]
    [InlineData("pkg:n pm/a")]
    [InlineData("npm/a@1")]
    [InlineData("pkg:npm/a?=x")]
    [InlineData("pkg:npm/a?x=1&X=2")]
    [InlineData("pkg:pypi/-_.@1")]
    [InlineData("pkg:npm/@angular")]
    [InlineData("pkg:npm/@angular/@1.0")]
    [InlineData("pkg:nuget/vendor/Newtonsoft.Json@13.0.1")]
    [InlineData("pkg:git/forgejo@1")]
    [InlineData("pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1..2")]
    public void WhatIsNoPackageUrlIsRefused(string? text) => Assert.False(ParsedPackageUrl.TryParse(text, out _));

    private static List<JsonNode> Vectors(string kind) =>
        [.. JsonNode.Parse(File.ReadAllText(SharedData.PathOf("vectors", "purl.json")))!.AsArray().OfType<JsonNode>().Where(test => (string?)test["test_type"] == kind)];

    private static string Text(JsonNode test) => (bool)test["expected_failure"]! ? "refused" : (string)test["expected_output"]!;

    private static string Expected(JsonNode test) => (bool)test["expected_failure"]! ? "refused" : Shown(test["expected_output"]!.AsObject());

    private static string Shown(JsonObject parts) =>
        Shown((string?)parts["type"], (string?)parts["namespace"], (string?)parts["name"], (string?)parts["version"], QualifiersOf(parts), (string?)parts["subpath"]);

    private static Dictionary<string, string> QualifiersOf(JsonObject parts) => parts["qualifiers"]?.AsObject().ToDictionary(pair => pair.Key, pair => (string?)pair.Value ?? "") ?? [];

    private static string Canonical(string text) => ParsedPackageUrl.TryParse(text, out var purl) ? purl.ToString() : "refused";

    private static string Built(JsonObject parts) =>
        ParsedPackageUrl.TryCreate((string?)parts["type"], (string?)parts["namespace"], (string?)parts["name"], (string?)parts["version"], QualifiersOf(parts), (string?)parts["subpath"], out var purl)
            ? purl.ToString() : "refused";

    private static string Read(string text) => ParsedPackageUrl.TryParse(text, out var purl)
        ? Shown(purl.Type, purl.Namespace, purl.Name, purl.Version, purl.Qualifiers.ToDictionary(), purl.Subpath) : "refused";

    private static string Shown(string? type, string? vendor, string? name, string? version, Dictionary<string, string> qualifiers, string? subpath) => string.Join(
        " | ", type, vendor, name, version, string.Join('&', qualifiers.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")), subpath);

    [Theory]
    [InlineData("npm", "left", "npm:right@2.0.0", "right", "2.0.0")]
    [InlineData("npm", "left", "npm:@scope/right@2.0.0-rc.1", "@scope/right", "2.0.0-rc.1")]
    [InlineData("npm", "left", "npm:@scope/right", "left", "npm:@scope/right")] // tells no version
    [InlineData("npm", "left", "npm:right", "left", "npm:right")]
    [InlineData("npm", "left", "1.0.0", "left", "1.0.0")]
    [InlineData("PyPI", "left", "npm:right@2.0.0", "left", "npm:right@2.0.0")]
    public void AnAliasOfNpmIsWhatItStandsFor(string ecosystem, string name, string version, string expected, string expectedVersion)
    {
        var subject = PackageSubject.Of(ecosystem, name, version, source: null, sourceVersion: null);

        Assert.Equal((expected, expectedVersion), (subject.Name, subject.Version));
    }
}
