using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
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
}
