using System.Text;
using ScoutDashboard.Advisories;
using ScoutDashboard.Advisories.AzureLinux;

namespace ScoutDashboard.Tests.Advisories.AzureLinux;

public sealed class OvalReaderTests
{
    [Fact]
    public async Task ADefinitionTellsItsPackageBoundsAndTexts()
    {
        var read = Assert.Single(await ReadAsync(new OvalFile().Add("74153", "CVE-2026-21441", "tensorflow", "0:2.16.1-10.azl3").ToString()));

        Assert.Equal(("oval:com.microsoft.azurelinux:def:74153", "74153-1", "CVE-2026-21441", "High", "true", "2026-01-20T21:31:32Z"), (read.Id, read.AdvisoryId, read.Cve, read.Severity, read.Patchable, read.AdvisoryDate));
        Assert.Equal([new OvalRange("tensorflow", null, "0:2.16.1-10.azl3", null)], read.Ranges);
    }

    [Theory]
    [InlineData("less than", null, "0:1.0-1.azl3", null)]
    [InlineData("less than or equal", null, null, "0:1.0-1.azl3")]
    [InlineData("greater than", "0:1.0-1.azl3", null, null)]
    public async Task EachOperationIsABound(string operation, string? above, string? below, string? upTo) =>
        Assert.Equal([new OvalRange("curl", above, below, upTo)], Assert.Single(await ReadAsync(new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:1.0-1.azl3", operation).ToString())).Ranges);

    [Fact]
    public async Task SeveralTestsAreTheBoundsOfOneRangeOrRangesOfTheirOwn()
    {
        static string Criteria(OvalFile file, string @operator) => $"""<criteria operator="{@operator}"><criterion test_ref="{file.Id("tst", "10")}"/><criterion test_ref="{file.Id("tst", "11")}"/></criteria>""";
        var file = new OvalFile().AddTest("10", "curl", "0:8.0-1.azl3", "greater than").AddTest("11", "curl", "0:8.8-2.azl3", "less than");
        file.AddDefinition("1", "CVE-2026-0001", Criteria(file, "AND")).AddDefinition("2", "CVE-2026-0002", Criteria(file, "OR"));

        var read = await ReadAsync(file.ToString());

        Assert.Equal([new OvalRange("curl", "0:8.0-1.azl3", "0:8.8-2.azl3", null)], read[0].Ranges);
        Assert.Equal([new OvalRange("curl", "0:8.0-1.azl3", null, null), new OvalRange("curl", null, "0:8.8-2.azl3", null)], read[1].Ranges);
    }

    [Theory]
    [InlineData("""<criteria operator="AND"><criterion test_ref="TEST" negate="true"/></criteria>""")]
    [InlineData("""<criteria operator="AND" negate="true"><criterion test_ref="TEST"/></criteria>""")]
    [InlineData("""<criteria operator="ONE"><criterion test_ref="TEST"/></criteria>""")]
    [InlineData("""<criteria operator="AND"><criteria operator="OR"><criterion test_ref="TEST"/></criteria></criteria>""")]
    [InlineData("""<criteria operator="AND"><criterion test_ref="TEST"/><extend_definition definition_ref="oval:x:def:1"/></criteria>""")]
    [InlineData("""<criteria operator="AND"><criterion test_ref="oval:x:tst:nowhere"/></criteria>""")]
    [InlineData("""<criteria operator="AND"><criterion test_ref="TEST"/><criterion test_ref="OTHER"/></criteria>""")]
    [InlineData("""<criteria operator="AND"><criterion test_ref="TEST"/><criterion test_ref="TEST"/></criteria>""")]
    [InlineData("""<criteria operator="AND"><criterion test_ref="EQUALS"/></criteria>""")]
    [InlineData("""<criteria operator="AND"><criterion test_ref="NONE"/></criteria>""")]
    [InlineData("""<criteria operator="AND"/>""")]
    [InlineData("")]
    public async Task WhatIsNotUnderstoodHasNoRange(string criteria)
    {
        var file = new OvalFile().AddTest("1", "curl", "0:1-1", "less than").AddTest("2", "openssl", "0:1-1", "less than").AddTest("3", "curl", "0:1-1", "equals").AddTest("4", "curl", "0:1-1", "less than", check: "none satisfy");
        file.AddDefinition("1", "CVE-2026-0001", criteria.Replace("TEST", file.Id("tst", "1")).Replace("OTHER", file.Id("tst", "2")).Replace("EQUALS", file.Id("tst", "3")).Replace("NONE", file.Id("tst", "4")));

        Assert.Empty(Assert.Single(await ReadAsync(file.ToString())).Ranges);
    }

    [Fact]
    public async Task ATextInPiecesIsOneAndOneWithoutEndIsCut()
    {
        var xml = new OvalFile().Add("1", "CVE-2026-0001", "cu<![CDATA[r]]>l&#45;libs", "0:1-1").ToString().Replace("A patched version", new string('x', 300_000));

        var read = Assert.Single(await ReadAsync(xml));

        Assert.Equal("curl-libs", Assert.Single(read.Ranges).Package);
        Assert.InRange(read.Description!.Length, 1, 4000);
    }

    [Fact]
    public async Task DefinitionsOfOtherKindsAreNoVulnerabilities()
    {
        var file = new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:1-1").AddDefinition("2", "CVE-2026-0002", "", kind: "patch");

        Assert.Single(await ReadAsync(file.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<html><body>Not found</body></html>")]
    [InlineData("<oval_definitions><definitions></definitions></oval_definitions>")]
    [InlineData("""<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><oval_definitions><definition class="vulnerability" id="&b;"/></oval_definitions>""")]
    [InlineData("""<!DOCTYPE d SYSTEM "file:///etc/passwd"><oval_definitions><definition class="vulnerability" id="1"/></oval_definitions>""")]
    [InlineData("""<oval_definitions><definition class="vulnerability" id="1"/></oval_definition>""")]
    [InlineData("""<oval_definitions><definition class="vulnerability" id="1"/>""")]
    public async Task AnotherOrABrokenDocumentIsRefused(string xml) => await Assert.ThrowsAsync<FeedException>(() => ReadAsync(xml));

    [Fact]
    public async Task DepthAndLengthHaveAnEnd()
    {
        await Assert.ThrowsAsync<FeedException>(() => ReadAsync(string.Concat(Enumerable.Repeat("<definition>", 100_000))));
        await Assert.ThrowsAsync<FeedException>(() => ReadAsync(new OvalFile().Add("1", "CVE-2026-0001", "curl", "0:1-1").ToString(), maxCharacters: 500));
    }

    private static async Task<IReadOnlyList<OvalVulnerability>> ReadAsync(string xml, long maxCharacters = 10_000_000)
    {
        await using var file = new MemoryStream(Encoding.UTF8.GetBytes(xml));
        return await OvalReader.ReadAsync(file, maxCharacters, CancellationToken.None);
    }
}
