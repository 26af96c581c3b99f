using System.Text.Json.Nodes;
using ScoutDashboard.Images;
using ScoutDashboard.Reports.Exports;

namespace ScoutDashboard.Tests.Reports;

public sealed class SpdxWriterTests
{
    private static readonly SbomContent Plain = new(
        SbomSubject.OfImage("contoso.azurecr.io", "team/app", "v1", ReportSeed.DigestOf("image"), "linux/arm64/v8"), "Debian GNU/Linux 12 (bookworm)", ReportSeed.Now, [],
        [
            new SbomComponent("pkg:deb/debian/openssl@3.0.1", "openssl", "3.0.1", [new SbomPlace("var/lib/dpkg/status", 0, null)]),
            new SbomComponent("pkg:npm/%40a/b@1", "@a/b", "", [new SbomPlace("a/package.json", 1, null), new SbomPlace("b/package.json", 2, null)]),
        ]);

    [Fact]
    public async Task TheDocumentHasWhatSpdxDemands()
    {
        var document = await WriteAsync(Plain);

        Assert.Equal(("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT", "contoso.azurecr.io/team/app:v1"),
            ((string?)document["spdxVersion"], (string?)document["dataLicense"], (string?)document["SPDXID"], (string?)document["name"]));
        Assert.True(Uri.TryCreate((string?)document["documentNamespace"], UriKind.Absolute, out var name) && name.Fragment.Length == 0);
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", (string?)document["creationInfo"]!["created"]);
        Assert.StartsWith("Tool: ScoutDashboard-", (string?)document["creationInfo"]!["creators"]![0], StringComparison.Ordinal);
        foreach (var package in document["packages"]!.AsArray())
        {
            Assert.Matches("^SPDXRef-[A-Za-z0-9.-]+$", (string?)package!["SPDXID"]);
            Assert.NotNull((string?)package["name"]);
            Assert.Equal(("NOASSERTION", "NOASSERTION", false), ((string?)package["downloadLocation"], (string?)package["licenseDeclared"], (bool)package["filesAnalyzed"]!));
        }
    }

    [Fact]
    public async Task EveryPackageIsContainedInTheImageThatTheDocumentDescribes()
    {
        var document = await WriteAsync(Plain);
        var packages = document["packages"]!.AsArray().Select(package => (string)package!["SPDXID"]!).ToList();
        var relationships = document["relationships"]!.AsArray().Select(r => ((string)r!["spdxElementId"]!, (string)r["relationshipType"]!, (string)r["relatedSpdxElement"]!)).ToList();

        Assert.Equal(packages.Distinct(), packages);
        Assert.Equal(("SPDXRef-DOCUMENT", "DESCRIBES", packages[0]), relationships[0]);
        Assert.Equal(packages.Skip(1).Select(package => (packages[0], "CONTAINS", package)), relationships.Skip(1));
    }

    [Fact]
    public async Task PackagesAreFoundByTheirPackageUrlAndTellTheirPlaces()
    {
        var document = await WriteAsync(Plain);
        var package = document["packages"]!.AsArray()[^1]!;

        Assert.True(JsonNode.DeepEquals(package["externalRefs"], JsonNode.Parse("""[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/%40a/b@1"}]""")));
        Assert.Equal("found in a/package.json (layer 1), b/package.json (layer 2)", (string?)package["sourceInfo"]);
        Assert.Null(package["versionInfo"]);
        Assert.Equal(ReportSeed.DigestOf("image")[7..], (string?)document["packages"]![0]!["checksums"]![0]!["checksumValue"]);
    }

    [Fact]
    public async Task TheImageDoesNotContainWhatIsOnlyDeclared()
    {
        var document = await WriteAsync(Plain with
        {
            Distribution = null,
            Components = [new("pkg:npm/a@1", "a", "1", [], ListedOnly.Declared), new("pkg:generic/Shop@1?kind=application", "Shop", "1", [], ListedOnly.Application), new("pkg:npm/t@1", "t", "1", [], PartOf: "npm 10.8.2")],
        });

        Assert.Equal(["DESCRIBES", "OTHER", "CONTAINS", "CONTAINS"], document["relationships"]!.AsArray().Select(r => (string?)r!["relationshipType"]));
        Assert.Equal(
            [("LIBRARY", "Declared: named in a lock file, not found installed."), ("APPLICATION", null), ("LIBRARY", "Part of npm 10.8.2.")],
            document["packages"]!.AsArray().Skip(1).Select(p => ((string)p!["primaryPackagePurpose"]!, (string?)p["comment"])));
    }

    [Fact]
    public async Task GapsMakeTheImageIncomplete()
    {
        var document = await WriteAsync(Plain with { Gaps = [new ScanGap(ScanGapKind.Limit, "app/big.json", "Larger than 16 MB.")] });

        Assert.Contains("Incomplete", (string?)document["packages"]![0]!["comment"], StringComparison.Ordinal);
        Assert.Contains("Limit: app/big.json: Larger than 16 MB.", (string?)document["packages"]![0]!["comment"], StringComparison.Ordinal);
        Assert.DoesNotContain("Incomplete", (string?)(await WriteAsync(Plain))["packages"]![0]!["comment"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnImageWithoutRegistryHasNoRepositoryAddress()
    {
        var image = (await WriteAsync(Plain with { Subject = SbomSubject.OfImage(null, "layout", null, ReportSeed.DigestOf("image"), "linux/arm64/v8"), Distribution = null, Components = [] }))["packages"]!.AsArray();

        Assert.Equal("layout", (string?)Assert.Single(image)!["name"]);
        Assert.Equal($"pkg:oci/layout@{ReportSeed.DigestOf("image")}?arch=arm64", (string?)image[0]!["externalRefs"]![0]!["referenceLocator"]);
    }

    private static async Task<JsonNode> WriteAsync(SbomContent content)
    {
        using var stream = new MemoryStream();
        await SpdxWriter.WriteAsync(content, stream, default);
        return JsonNode.Parse(stream.ToArray())!;
    }
}
