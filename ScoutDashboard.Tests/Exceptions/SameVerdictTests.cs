using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Reports.Exports;
using ScoutDashboard.Tests.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Exceptions;

/// <summary>Page, JSON, SARIF, CSV and the command line say the same of each finding, and write what a person wrote harmlessly.</summary>
public sealed class SameVerdictTests : IAsyncLifetime, IAsyncDisposable
{
    private const string First = "CVE-2026-1001";
    private const string Second = "CVE-2026-1002";

    // As it could stand in a database that somebody else wrote; the service takes none such.
    private const string Hostile = "<b>x</b> \u001b[31mred \u202eturned \"quoted\"";
    private readonly ScoutApp _app = new();
    private ReportSeed _seed = null!;
    private HttpClient _browser = null!;
    private long _image;

    public async Task InitializeAsync()
    {
        _browser = await _app.SignInAsync();
        _seed = new ReportSeed(_app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>());
        await _seed.AddAsync(new AffectedPackage { AdvisoryId = "DEBIAN-1", Ecosystem = "Debian:12", EcosystemBase = "Debian", Name = "other" }, new Advisory { Id = "DEBIAN-1", Document = [] });
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            await db.Feeds.Where(f => f.Covers == "Debian").ExecuteDeleteAsync();
        }

        await _seed.AddAsync(new FeedState { Key = "Debian", Covers = "Debian", Status = FeedStatus.Ready, LastSuccessAt = DateTime.UtcNow, NextRunAt = DateTime.UtcNow.AddDays(9) });
        var repository = await _seed.RepositoryAsync("team/app");
        _image = await _seed.ImageAsync(repository, "app", latest: true, tag: "v1");
        var (openssl, zlib) = (await _seed.ComponentAsync("openssl", "3.0.1"), await _seed.ComponentAsync("zlib", "1.2"));
        await _seed.PackagesAsync(_image, 0, (openssl, "var/lib/dpkg/status"), (zlib, "usr/lib/a b#c"));
        await _seed.FindingAsync(openssl, First, SeverityLevel.Critical, fixedVersion: "3.0.2", score: 9.8);
        await _seed.FindingAsync(zlib, First, SeverityLevel.High);
        await _seed.FindingAsync(openssl, Second, SeverityLevel.Low);
        await _seed.AddAsync(
            Rule(First, package: "pkg:deb/debian/openssl"), Rule(First, repository: "team/other"), Rule(Second, expiresAt: DateTime.UtcNow.AddDays(-1)),
            Rule(Second, endedAt: DateTime.UtcNow.AddDays(-2)));
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task EveryFormTellsTheSame()
    {
        await CountAsync();
        var page = (await _app.Services.GetRequiredService<FindingsReport>().ListAsync(1, _image, new FindingFilter(), new PageRequest(1, 50), default)).Rows
            .Select(row => $"{row.VulnerabilityId} {row.Package} {row.Exceptions.Applied is not null}").Order(StringComparer.Ordinal).ToList();
        Assert.Equal([$"{First} openssl True", $"{First} zlib False", $"{Second} openssl False"], page);

        var json = JsonNode.Parse(await GetAsync("json"))!;
        Assert.Equal(page, Json(json));
        Assert.Equal("0 1 0 1 0", string.Join(' ', new[] { "critical", "high", "medium", "low", "accepted" }.Select(name => (int)json["counts"]![name]!)));
        Assert.Equal(["acceptedRisk pkg:deb/debian/openssl eve"], json["findings"]!.AsArray().Select(f => f!["exception"]).OfType<JsonNode>().Select(e => $"{e["type"]} {e["package"]} {e["createdBy"]}"));
        Assert.Equal(
            ["openssl: ended", "openssl: expired", "openssl: otherRepository", "zlib: otherPackage", "zlib: otherRepository"],
            json["findings"]!.AsArray().SelectMany(f => f!["otherExceptions"]!.AsArray().Select(other => $"{f["package"]}: {other!["why"]}")).Order(StringComparer.Ordinal));

        var sarif = JsonNode.Parse(await GetAsync("sarif"))!["runs"]![0]!;
        Assert.Equal(page, sarif["results"]!.AsArray().Select(r => $"{r!["ruleId"]} {((string)r["properties"]!["purl"]!).Split('/', '@')[2]} {r["suppressions"]!.AsArray().Count == 1}").Order(StringComparer.Ordinal));
        Assert.Equal([First, Second], sarif["tool"]!["driver"]!["rules"]!.AsArray().Select(rule => (string)rule!["id"]!));
        Assert.Contains("usr/lib/a%20b%23c", sarif["results"]!.AsArray().Select(r => (string)r!["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"]!));

        Assert.Equal(1, (await GetAsync("csv")).Split("\"accepted risk\"").Length - 1);
        Assert.Equal(2, (await GetAsync("csv", "?accepted=false")).Split("CVE-2026-").Length / 2);
        Assert.Equal([page[0]], Json(JsonNode.Parse(await GetAsync("json", "?accepted=true"))!));
    }

    [Fact]
    public async Task TheCommandLineTellsTheSameAndItsExitCodeIsOfWhatIsNotCovered()
    {
        await CountAsync();
        var reference = "contoso.azurecr.io/team/app:v1";
        var json = JsonNode.Parse(await GetAsync("json"))!;

        var run = await RunAsync(reference, "--format", "json");
        Assert.Equal(0, run.ExitCode);
        Assert.True(JsonNode.DeepEquals(json, JsonNode.Parse(run.Output)), run.Output);
        Assert.Equal(JsonNode.Parse(await GetAsync("sarif"))!.ToJsonString(), JsonNode.Parse((await RunAsync(reference, "--format", "sarif")).Output)!.ToJsonString());

        var text = await RunAsync(reference, "--exit-code");
        Assert.Equal(2, text.ExitCode);
        Assert.StartsWith("    ✓ 1 exception obtained\n    ✗ Detected 2 vulnerable packages with a total of 2 vulnerabilities\n", text.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains($"    ✗ CRITICAL {First} SUPPRESSED\n", text.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("accepted risk, all images, by eve, does not expire: <b>x</b> \\u001b[31mred \\u202eturned \"quoted\"", text.Output, StringComparison.Ordinal);
        Assert.Contains("it is for pkg:deb/debian/openssl only", text.Output, StringComparison.Ordinal);
        Assert.Contains("it has expired", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text.Output);
        Assert.DoesNotContain('\u202e', text.Output);
        Assert.DoesNotContain("SUPPRESSED", (await RunAsync(reference, "--ignore-suppressed")).Output, StringComparison.Ordinal);

        var nowhere = await RunAsync(reference, "--output", "nowhere/findings.json");
        Assert.Equal((1, "nowhere/findings.json can't be written: its folder does not exist."), (nowhere.ExitCode, nowhere.Error.Trim()));

        await _seed.AddAsync(Rule(First), Rule(Second));
        await CountAsync();
        var covered = await RunAsync(reference, "--exit-code");
        Assert.Equal((0, true), (covered.ExitCode, covered.Output.Contains("✓ No vulnerable package detected", StringComparison.Ordinal)));
        Assert.Contains("2 accepted", covered.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALargeListIsWrittenWhole()
    {
        var image = (await _app.Services.GetRequiredService<ImageReport>().FindAsync(1, _image, default))!;
        var row = (await _app.Services.GetRequiredService<FindingsReport>().ListAsync(1, _image, new FindingFilter(), new PageRequest(1, 1), default)).Rows[0];
        var rows = Enumerable.Range(0, 1000).Select(n => row with { VulnerabilityId = $"CVE-2026-{n + 1000}" }).ToList();

        foreach (var (export, count) in new (FindingsExport, Func<JsonNode, int>)[] { (FindingsExport.Json, document => document["findings"]!.AsArray().Count), (FindingsExport.Sarif, document => document["runs"]![0]!["results"]!.AsArray().Count) })
        {
            using var written = new MemoryStream();
            await export.WriteAsync(image, rows.ToAsyncEnumerable(), written, default);
            Assert.Equal(rows.Count, count(JsonNode.Parse(written.ToArray())!));
        }
    }

    [Theory]
    [InlineData("contoso.azurecr.io/team/nothing:v1", "The dashboard has no image contoso.azurecr.io/team/nothing:v1.")]
    [InlineData("contoso.azurecr.io/team/app:v1", "what is not known is not clean")]
    [InlineData("archive:nothing", "There is no file nothing.")]
    public async Task WhatIsNotKnownIsNoResult(string reference, string reason)
    {
        var run = await RunAsync(reference, "--exit-code");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Json(JsonNode document) =>
        document["findings"]!.AsArray().Select(f => $"{f!["id"]} {f["package"]} {f["exception"] is not null}").Order(StringComparer.Ordinal);

    private static ExceptionRule Rule(string id, string? repository = null, string? package = null, DateTime? expiresAt = null, DateTime? endedAt = null) => new()
    {
        OrganizationId = 1, VulnerabilityId = id, Details = Hostile, CreatedBy = "eve", CreatedAt = DateTime.UtcNow, Registry = repository is null ? null : "contoso.azurecr.io", Repository = repository, Package = package,
        ExpiresAt = expiresAt, LapsedAt = expiresAt, EndedAt = endedAt, EndedBy = endedAt is null ? null : "ada",
    };

    private async Task CountAsync()
    {
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            await CountMarks.AddAsync(db, db.Images.Select(i => i.Id), default);
        }

        await _app.Services.GetRequiredService<FindingService>().CountDueAsync(default);
    }

    private Task<string> GetAsync(string ending, string query = "") => _browser.GetStringAsync(new Uri($"/images/{_image}/findings.{ending}{query}", UriKind.Relative));

    private Task<ShellRun> RunAsync(params string[] arguments) => ShellRun.RunAsync(_app.DataDirectory, new Dictionary<string, string> { ["Scout__DataDirectory"] = _app.DataDirectory }, ["cves", .. arguments]);
}
