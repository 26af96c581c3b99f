using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Access;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

public sealed class ExportEndpointTests
{
    [Fact]
    public async Task DownloadsAreForSignedInPeopleOfTheOrganizationOnly()
    {
        await using var app = new ScoutApp();
        using var browser = await app.SignInAsync();
        var seed = new ReportSeed(app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>());
        var foreign = await seed.ImageAsync(await seed.ForeignRepositoryAsync(), "foreign", counts: (0, 0, 0, 0, 0));
        var repository = await seed.RepositoryAsync("team/app");
        var own = await seed.ImageAsync(repository, "own", counts: (1, 0, 0, 0, 0), tag: "v1");
        var unmatched = await seed.ImageAsync(repository, "unmatched");
        var formula = await seed.ComponentAsync("=1+1", "1.0", "npm");
        await seed.PackagesAsync(own, 0, (formula, "a/package.json"));
        await seed.FindingAsync(formula, "CVE-2026-0001", SeverityLevel.Critical);
        await seed.FindingAsync(formula, "CVE-2026-0002", SeverityLevel.Low);

        using var sbom = await browser.GetAsync(new Uri($"/images/{own}/sbom.cdx.json", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, sbom.StatusCode);
        Assert.Equal("attachment; filename=team-app-v1-linux-amd64.cdx.json", sbom.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal("=1+1", (string?)JsonNode.Parse(await sbom.Content.ReadAsStringAsync())!["components"]![1]!["name"]);

        var csv = await browser.GetStringAsync(new Uri($"/images/{own}/findings.csv?severity=Low", UriKind.Relative));
        Assert.Contains("CVE-2026-0002\",\"'=1+1\"", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("CVE-2026-0001", csv, StringComparison.Ordinal);

        var spdx = JsonNode.Parse(await browser.GetStringAsync(new Uri($"/images/{own}/sbom.spdx.json", UriKind.Relative)))!;
        Assert.Equal("=1+1", (string?)spdx["packages"]!.AsArray()[^1]!["name"]);

        foreach (var path in new[] { $"/images/{foreign}/sbom.cdx.json", $"/images/{foreign}/sbom.spdx.json", $"/images/{foreign}/findings.csv", $"/images/{unmatched}/findings.csv" })
        {
            using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var stranger = app.Browser();
        using var refused = await stranger.GetAsync(new Uri($"/images/{own}/sbom.cdx.json", UriKind.Relative));
        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
    }

    [Fact]
    public async Task AProgramFindsAnImageByDigestOrTagAndIsToldOnlyWhatIsThereToDownload()
    {
        await using var app = new ScoutApp();
        await app.SetUpAsync();
        var seed = new ReportSeed(app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>());
        await seed.ImageAsync(await seed.ForeignRepositoryAsync(), "foreign", counts: (0, 0, 0, 0, 0), tag: "v1");
        var repository = await seed.RepositoryAsync("team/app");
        var index = await seed.ImageAsync(repository, "index", ImageKind.Index, tag: "v1");
        var matched = await seed.ImageAsync(repository, "amd64", counts: (1, 0, 0, 0, 0));
        var pending = await seed.ImageAsync(repository, "arm64", platform: "linux/arm64", state: ImageState.Pending);
        await seed.EntryAsync(index, matched, pending);
        using var program = app.Browser();
        program.DefaultRequestHeaders.Accept.Clear();
        program.DefaultRequestHeaders.Authorization = new("Bearer", await app.Services.GetRequiredService<ApiKeyService>().CreateAsync(await app.ActorAsync(), "build", ApiScopes.Exports, 30, default));

        var byTag = await FindAsync(program, "registry=Contoso.azurecr.io&repository=team/app&tag=v1");
        Assert.Equal(("index", index, null, null), ((string?)byTag["kind"], (long)byTag["id"]!, (string?)byTag["findings"], (string?)byTag["sbom"]?["cycloneDx"]));
        Assert.Equal(
            [(matched, "linux/amd64", $"/images/{matched}/sbom.spdx.json", $"/images/{matched}/findings.csv"), (pending, "linux/arm64", null, null)],
            byTag["platforms"]!.AsArray().Select(p => ((long)p!["id"]!, (string)p["platform"]!, (string?)p["sbom"]?["spdx"], (string?)p["findings"])));

        var byDigest = await FindAsync(program, $"registry=contoso.azurecr.io&repository=team/app&digest={ReportSeed.DigestOf("amd64")}");
        Assert.Equal((matched, $"/images/{matched}", "analysed"), ((long)byDigest["id"]!, (string?)byDigest["page"], (string?)byDigest["state"]));
        using var csv = await program.GetAsync(new Uri((string)byDigest["findings"]!, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, csv.StatusCode);

        // Another organization's is answered to the byte as what is nowhere.
        var answers = new List<string>();
        foreach (var query in new[] { "registry=fabrikam.azurecr.io&repository=secret/app&tag=v1", "registry=nowhere.azurecr.io&repository=secret/app&tag=v1", "registry=contoso.azurecr.io&repository=team/app&tag=v2" })
        {
            using var answer = await program.GetAsync(new Uri($"/images/find?{query}", UriKind.Relative));
            answers.Add($"{(int)answer.StatusCode} {answer.Content.Headers.ContentType} {await answer.Content.ReadAsStringAsync()}");
        }

        Assert.StartsWith("404 ", Assert.Single(answers.Distinct()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("repository=a&tag=b")]
    [InlineData("registry=a&tag=b")]
    [InlineData("registry=a&repository=b")]
    [InlineData("registry=a&repository=b&tag=c&digest=sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("registry=a&repository=b&digest=sha256:0")]
    [InlineData("registry=a&repository=b&tag=")]
    public async Task AQuestionThatCantBeMeantIsToldWhatItLacks(string query)
    {
        await using var app = new ScoutApp();
        using var browser = await app.SignInAsync();
        using var answer = await browser.GetAsync(new Uri($"/images/find?{query}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty((string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"] ?? "");
    }

    private static async Task<JsonNode> FindAsync(HttpClient program, string query) => JsonNode.Parse(await program.GetStringAsync(new Uri($"/images/find?{query}", UriKind.Relative)))!;
}
