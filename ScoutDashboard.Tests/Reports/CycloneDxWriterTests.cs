using System.Text.Json.Nodes;
using NJsonSchema;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports.Exports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

public sealed class CycloneDxWriterTests
{
    private static readonly SbomContent Plain = new(
        SbomSubject.OfImage("contoso.azurecr.io", "team/app", "v1", ReportSeed.DigestOf("image"), "linux/arm64/v8"), "Debian GNU/Linux 12 (bookworm)", ReportSeed.Now, [],
        [
            new SbomComponent("pkg:deb/debian/openssl@3.0.1", "openssl", "3.0.1", [new SbomPlace("var/lib/dpkg/status", 0, ReportSeed.DigestOf("layer"))]),
            new SbomComponent("pkg:npm/lodash@4.17.0", "lodash", "4.17.0", [new SbomPlace("a/package.json", 1, null), new SbomPlace("b/package.json", 1, null)]),
        ]);

    private static readonly SbomComponent[] ListedOnlyComponents =
    [
        new("pkg:npm/declared@1", "declared", "1", [new SbomPlace("package-lock.json", 1, null)], ListedOnly.Declared),
        new("pkg:generic/Shop@1?kind=application", "Shop", "1", [new SbomPlace("app/Shop.deps.json", 1, null)], ListedOnly.Application),
        new("pkg:npm/tar@6.2.0", "tar", "6.2.0", [new SbomPlace("x/package.json", 0, null)], PartOf: "npm 10.8.2"),
    ];

    private static async Task<string> WriteAsync(SbomContent content)
    {
        using var stream = new MemoryStream();
        await CycloneDxWriter.WriteAsync(content, stream, default);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    public static TheoryData<string, SbomContent> Contents => new()
    {
        { "plain", Plain },
        { "empty and bare", Plain with { Subject = SbomSubject.OfImage("contoso.azurecr.io", "team/app", null, ReportSeed.DigestOf("image"), null), Distribution = null, Components = [] } },
        { "gaps", Plain with { Gaps = [new ScanGap(ScanGapKind.Limit, "app/big.json", "Larger than 16 MB."), new ScanGap(ScanGapKind.NotPulled, "", "Foreign layer.")] } },
        { "listed only", Plain with { Components = ListedOnlyComponents } },
        {
            "hostile", Plain with
            {
                Subject = SbomSubject.OfImage("contoso.azurecr.io", "team/app", "\u202Etag\"\\</script>", ReportSeed.DigestOf("image"), "linux/arm64/v8"),
                Distribution = "\u0000\u001b[31m<img src=x onerror=alert(1)>",
                Components =
                [
                    new SbomComponent("pkg:npm/%3Cscript%3E@1", "<script>alert(1)</script>\u0000\n\"", "1\u2028", [new SbomPlace("../../etc/passwd\r\n", 0, "x")]),
                    new SbomComponent("pkg:npm/%F0%9F%92%A9@1", "💩", "", []),
                ],
            }
        },
    };

    [Theory]
    [MemberData(nameof(Contents))]
    public async Task EveryDocumentIsValidByThePublishedSchema(string name, SbomContent content)
    {
        var errors = (await SchemaAsync()).Validate(await WriteAsync(content));

        Assert.True(errors.Count == 0, $"{name}: {string.Join("\n", errors)}");
    }

    [Fact]
    public async Task TheSchemaThatTheseTestsUseDoesRejectAWrongDocument()
    {
        var schema = await SchemaAsync();
        var text = await WriteAsync(Plain);

        Assert.NotEmpty(schema.Validate(text.Replace("\"library\"", "\"librarian\"")));
        Assert.NotEmpty(schema.Validate(text.Replace("urn:uuid:", "uuid:")));
        Assert.NotEmpty(schema.Validate(text.Replace("\"location\"", "\"path\"")));
    }

    [Fact]
    public async Task CompletenessIsNeverClaimedAndGapsMakeItIncomplete()
    {
        var whole = JsonNode.Parse(await WriteAsync(Plain))!;
        var gaps = JsonNode.Parse(await WriteAsync(Plain with { Gaps = [new ScanGap(ScanGapKind.Limit, "app/big.json", "Larger than 16 MB.")] }))!;

        Assert.Equal("unknown", (string?)whole["compositions"]![0]!["aggregate"]);
        Assert.Equal("incomplete", (string?)gaps["compositions"]![0]!["aggregate"]);
        Assert.Contains(gaps["metadata"]!["component"]!["properties"]!.AsArray(), p => (string?)p!["value"] == "Limit: app/big.json: Larger than 16 MB.");
    }

    [Fact]
    public async Task TheImageIsNamedByItsOciPackageUrl()
    {
        var document = JsonNode.Parse(await WriteAsync(Plain))!;

        Assert.Equal(
            $"pkg:oci/app@{ReportSeed.DigestOf("image")}?arch=arm64&repository_url=contoso.azurecr.io%2Fteam%2Fapp&tag=v1", (string?)document["metadata"]!["component"]!["purl"]);
    }

    [Fact]
    public async Task TheSameImageGivesTheSameBytesAndAnotherImageAnotherSerialNumber()
    {
        var one = await WriteAsync(Plain);

        Assert.Equal(one, await WriteAsync(Plain));
        Assert.NotEqual(
            (string?)JsonNode.Parse(one)!["serialNumber"], (string?)JsonNode.Parse(await WriteAsync(Plain with { Subject = SbomSubject.OfImage("contoso.azurecr.io", "team/app", "v1", ReportSeed.DigestOf("other"), "linux/arm64/v8") }))!["serialNumber"]);
    }

    [Fact]
    public async Task AComponentAtTwoPlacesIsOneComponentWithTwoOccurrencesAndItsLayer()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await database.AddRepositoryAsync();
        var image = await seed.ImageAsync(repository, "image", tag: "v1");
        await seed.StepAsync(image, 0, 0, "ADD rootfs /");
        var lodash = await seed.ComponentAsync("lodash", "4.17.0", "npm");
        await seed.PackagesAsync(image, 0, (lodash, "a/package.json"), (lodash, "b/package.json"));

        var content = await new SbomReport(database).FindAsync(1, image, default);

        var component = Assert.Single(content!.Components);
        Assert.Equal([new SbomPlace("a/package.json", 0, ReportSeed.DigestOf("layer 0")), new SbomPlace("b/package.json", 0, ReportSeed.DigestOf("layer 0"))], component.Places);
        Assert.Equal(("v1", "contoso.azurecr.io/team/app"), (content.Subject.Tag, content.Subject.Name));
    }

    [Fact]
    public async Task TheDeclaredAreExcludedAndNoDependenciesOfTheImageAndTheProgramIsAnApplication()
    {
        var document = JsonNode.Parse(await WriteAsync(Plain with { Distribution = null, Components = ListedOnlyComponents }))!;

        Assert.Equal([("library", "excluded"), ("application", null), ("library", null)], document["components"]!.AsArray().Select(c => ((string)c!["type"]!, (string?)c["scope"])));
        Assert.Equal(["pkg:generic/Shop@1?kind=application", "pkg:npm/tar@6.2.0"], document["dependencies"]![0]!["dependsOn"]!.AsArray().Select(r => (string?)r));
        Assert.Contains(document["components"]![0]!["properties"]!.AsArray(), p => (string?)p!["name"] == "scout:declared");
        Assert.Contains(document["components"]![2]!["properties"]!.AsArray(), p => ((string?)p!["name"], (string?)p["value"]) == ("scout:partOf", "npm 10.8.2"));
    }

    [Fact]
    public async Task AnImageThatWasNotAnalysedHasNoBillOfMaterials()
    {
        await using var database = await TestDatabase.CreateAsync();
        var image = await new ReportSeed(database).ImageAsync(await database.AddRepositoryAsync(), "image", state: ImageState.Failed);

        Assert.Null(await new SbomReport(database).FindAsync(1, image, default));
    }

    private static async Task<JsonSchema> SchemaAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Reports", "Schemas");
        return await JsonSchema.FromFileAsync(Path.Combine(folder, "bom-1.6.SNAPSHOT.schema.json"));
    }
}
