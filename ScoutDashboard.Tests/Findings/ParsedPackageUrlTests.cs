using System.Text.Json.Nodes;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Findings;

public sealed class ParsedPackageUrlTests
{
    // Rules of single types, which are not applied: what a type requires or forbids, and how it spells names.
    private static readonly string[] RulesOfTypes = ["vcpkg", "cpan", "cran", "conan", "swift", "vscode-extension", "julia", "otp", "opam", "mlflow", "huggingface", "chrome-extension"];

    [SharedFact]
    public void EveryPurlOfTheSpecificationsTestsIsReadAsItSays()
    {
        var tests = JsonNode.Parse(File.ReadAllText(SharedData.PathOf("vectors", "purl.json")))!.AsArray().Where(test => (string?)test!["test_type"] == "parse").ToList();
        Assert.True(tests.Count > 100, "The vectors are cut.");
        Assert.Empty(tests.Where(test => !RulesOfTypes.Any(type => ((string)test!["input"]!).StartsWith($"pkg:{type}/", StringComparison.Ordinal)) && !((string)test!["input"]!).Contains("?Platform=", StringComparison.Ordinal) && !((string)test["input"]!).Contains("?Arch=", StringComparison.Ordinal)
                && Said(test) != Expected(test))
            .Select(test => $"{test!["input"]}: {Said(test)} is not {Expected(test)}"));
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
    public void WhatIsNoPackageUrlIsRefused(string? text) => Assert.False(ParsedPackageUrl.TryParse(text, out _));

    // Case and dashes of names are rules of types, too.
    private static string Expected(JsonNode test) => test["expected_output"] is JsonObject parts && !(bool)test["expected_failure"]!
        ? Shown((string?)parts["type"], (string?)parts["namespace"], (string?)parts["name"], (string?)parts["version"],
            parts["qualifiers"]?.AsObject().ToDictionary(pair => pair.Key, pair => (string?)pair.Value ?? "") ?? [], (string?)parts["subpath"])
        : "refused";

    private static string Said(JsonNode test) => ParsedPackageUrl.TryParse((string)test["input"]!, out var purl)
        ? Shown(purl.Type, purl.Namespace, purl.Name, purl.Version, purl.Qualifiers.ToDictionary(), purl.Subpath) : "refused";

    private static string Shown(string? type, string? vendor, string? name, string? version, Dictionary<string, string> qualifiers, string? subpath) => string.Join(
        " | ", type, vendor, name, version, string.Join('&', qualifiers.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")), subpath).ToLowerInvariant().Replace('_', '-');
}
