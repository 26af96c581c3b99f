using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Reports;
using ScoutDashboard.Reports.Exports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

// One advisory that gives its vulnerability two CVEs: it is shown under CVE-2024-1111, and exploited as CVE-2024-2222.
public sealed class OtherCvesTests : IAsyncLifetime
{
    private static readonly PageRequest First = new(1, 50);
    private static readonly DateTime Day = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);
    private TestDatabase _database = null!;
    private ReportSeed _seed = null!;
    private long _image;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _seed = new ReportSeed(_database);
        _image = await _seed.ImageAsync(await _database.AddRepositoryAsync(), "image", latest: true);
        await _seed.AddAsync(
            new FeedState { Key = "npm", Covers = "npm", LastSuccessAt = Day }, new FeedState { Key = KnownExploit.FeedKey, LastSuccessAt = Day },
            new KnownExploit { Cve = "CVE-2024-2222", AddedOn = Day, DueOn = Day.AddDays(21) },
            new ExploitForecast { Cve = "CVE-2024-1111", Probability = 0.9, Percentile = 0.98 }, new ExploitForecast { Cve = "CVE-2024-2222", Probability = 0.1, Percentile = 0.5 },
            new ExploitForecast { Cve = "CVE-2024-3333", Probability = 0.95, Percentile = 0.99 }, new ExploitForecast { Cve = "CVE-2024-5555", Probability = 0.99, Percentile = 0.995 });
        await AdvisoryAsync("GHSA-twoc-vess-xxxx", "left", "CVE-2024-2222", "CVE-2024-1111");
        await AdvisoryAsync("GHSA-onec-veon-xxxx", "right", "CVE-2024-3333");
        await AdvisoryAsync("GHSA-fore-cast-xxxx", "middle", "CVE-2024-4444", "CVE-2024-5555");
        await HoldAsync(_image, "left");
        await HoldAsync(_image, "right");
        await HoldAsync(_image, "middle");
        await MatchAsync(_image);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task TheImagesListSaysThatItIsExploitedAndAsWhichCve()
    {
        var row = Assert.Single((await FindingsAsync(new FindingFilter { Exploited = true })).Rows);

        Assert.Equal(("CVE-2024-1111", true, "CVE-2024-2222", 0.98, null), (row.VulnerabilityId, row.Exploit.IsListed, row.Exploit.ListedAs, row.Exploit.Percentile, row.Exploit.ScoredAs));
        Assert.Equal(["CVE-2024-2222"], row.OtherCves);
        Assert.Contains("\"CVE-2024-1111\"", FindingsCsv.Row(row), StringComparison.Ordinal);
        Assert.Contains(",\"yes\",\"2026-06-22\",\"no\",\"0.9\",\"0.98\",\"\",\"CVE-2024-2222\",\"CVE-2024-2222\",\"CVE-2024-1111\",", FindingsCsv.Row(row), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FindingSort.Risk, "1111 4444 3333")]
    [InlineData(FindingSort.Epss, "4444 3333 1111")]
    public async Task WhatIsExploitedUnderAnotherCveStandsFirstAndTheHighestScoreOfAllCvesSorts(FindingSort sort, string expected)
    {
        var findings = (await FindingsAsync(new FindingFilter { Sort = sort })).Rows;
        var vulnerabilities = (await VulnerabilitiesAsync(new VulnerabilityFilter { Sort = sort })).Rows;

        Assert.Equal(expected, string.Join(' ', findings.Select(r => r.VulnerabilityId[^4..])));
        Assert.Equal(expected, string.Join(' ', vulnerabilities.Select(r => r.Id[^4..])));
        Assert.Equal("CVE-2024-5555", findings.Single(r => r.VulnerabilityId == "CVE-2024-4444").Exploit.ScoredAs);
    }

    [Fact]
    public async Task OverviewAndVulnerabilitiesAgreeOnHowManyAreExploited()
    {
        var row = Assert.Single((await VulnerabilitiesAsync(new VulnerabilityFilter { Exploited = true })).Rows);

        Assert.Equal(("CVE-2024-1111", "CVE-2024-2222"), (row.Id, row.Exploit.ListedAs));
        Assert.Equal(1, (await new OverviewReport(_database, TimeProvider.System).GetAsync(1, default)).KnownExploited);
    }

    [Fact]
    public async Task ThatItIsExploitedUnderBothCvesCountsOnce()
    {
        await _seed.AddAsync(new KnownExploit { Cve = "CVE-2024-1111", AddedOn = Day });

        Assert.Equal(1, (await new OverviewReport(_database, TimeProvider.System).GetAsync(1, default)).KnownExploited);
        Assert.Null(Assert.Single((await VulnerabilitiesAsync(new VulnerabilityFilter { Exploited = true })).Rows).Exploit.ListedAs);
    }

    [Fact]
    public async Task APackageWhoseAdvisoryNamesTheFirstCveOnlyIsNotExploited()
    {
        var old = await _seed.ImageAsync(await _database.AddRepositoryAsync("web"), "other", latest: true);
        await AdvisoryAsync("GHSA-solo-solo-xxxx", "solo", "CVE-2024-1111");
        await HoldAsync(old, "solo");
        await MatchAsync(old);

        Assert.False(Assert.Single((await new FindingsReport(_database, TimeProvider.System).ListAsync(1, old, new FindingFilter(), First, default)).Rows).Exploit.IsListed);
        await using var db = _database.CreateDbContext();
        await db.Repositories.Where(r => r.LatestImageId == _image).ExecuteUpdateAsync(set => set.SetProperty(r => r.Enabled, false));

        // The other image's finding has the other CVE, and is no longer here.
        Assert.Equal(0, (await new OverviewReport(_database, TimeProvider.System).GetAsync(1, default)).KnownExploited);
        Assert.Empty((await VulnerabilitiesAsync(new VulnerabilityFilter { Exploited = true })).Rows);
        Assert.False(Assert.Single((await VulnerabilitiesAsync(new VulnerabilityFilter())).Rows).Exploit.IsListed);
    }

    [Theory]
    [InlineData("CVE-2024-1111")]
    [InlineData("cve-2024-2222")]
    [InlineData("GHSA-twoc")]
    public async Task EveryNameFindsIt(string text)
    {
        Assert.Equal("CVE-2024-1111", Assert.Single((await FindingsAsync(new FindingFilter(Text: text))).Rows).VulnerabilityId);
        Assert.Equal("CVE-2024-1111", Assert.Single((await VulnerabilitiesAsync(new VulnerabilityFilter(Text: text))).Rows).Id);
    }

    [Theory]
    [InlineData("CVE-2024-1111", "CVE-2024-2222", null)]
    [InlineData("CVE-2024-2222", null, "CVE-2024-1111")]
    public async Task ThePageOfEachCveShowsWhereTheVulnerabilityIsAndThatItIsExploited(string id, string? listedAs, string? foundAs)
    {
        var view = (await new VulnerabilityReport(_database, TimeProvider.System).FindAsync(1, id, default))!;

        Assert.Equal(("left", foundAs), (Assert.Single(view.Packages).Name, view.Packages[0].FoundAs));
        Assert.Equal((true, listedAs, 0.98), (view.Exploit.IsListed, view.Exploit.ListedAs, view.Exploit.Percentile));
        Assert.Equal("GHSA-twoc-vess-xxxx", Assert.Single(view.Sources).Id);
    }

    [Fact]
    public async Task ANewMatchForgetsACveThatIsNoLongerNamedAndAddsOneThatIs()
    {
        await using (var db = _database.CreateDbContext())
        {
            await db.Advisories.Where(a => a.Id == "GHSA-twoc-vess-xxxx").ExecuteUpdateAsync(set => set.SetProperty(a => a.Document, Document("GHSA-twoc-vess-xxxx", "left", "CVE-2024-1111", "CVE-2024-9999")));
            await db.Components.ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, true));
        }

        await MatchAsync(_image);

        Assert.Equal(["CVE-2024-9999"], (await FindingsAsync(new FindingFilter(Text: "CVE-2024-1111"))).Rows.Single().OtherCves);
        Assert.Empty((await FindingsAsync(new FindingFilter { Exploited = true })).Rows);
    }

    [Fact]
    public async Task ItGoesWithItsFinding()
    {
        await using (var db = _database.CreateDbContext())
        {
            await db.Advisories.ExecuteDeleteAsync();
            await db.Components.ExecuteUpdateAsync(set => set.SetProperty(c => c.NeedsMatch, true));
        }

        await MatchAsync(_image);

        await using var after = _database.CreateDbContext();
        Assert.Equal((0, 0), (await after.Findings.CountAsync(), await after.FindingCves.CountAsync()));
    }

    private Task<FindingsPage> FindingsAsync(FindingFilter filter) => new FindingsReport(_database, TimeProvider.System).ListAsync(1, _image, filter, First, default);

    private Task<PageOf<VulnerabilityRow>> VulnerabilitiesAsync(VulnerabilityFilter filter) => new VulnerabilitiesReport(_database, TimeProvider.System).ListAsync(1, filter, First, default);

    private async Task HoldAsync(long image, string package) =>
        await _seed.PackagesAsync(image, 0, (await _seed.ComponentAsync(package, "1.0.0", "npm", matched: false), $"app/node_modules/{package}"));

    private async Task MatchAsync(long image)
    {
        using var service = new FindingService(_database, new AdvisorySignal(NullLogger<AdvisorySignal>.Instance), new ChangeSignal(), TimeProvider.System);
        await service.MatchImagesAsync([image], default);
    }

    private Task AdvisoryAsync(string id, string package, params string[] aliases) => _seed.AddAsync(
        new Advisory { Id = id, Modified = Day, Document = Document(id, package, aliases) }, new AffectedPackage { AdvisoryId = id, Ecosystem = "npm", EcosystemBase = "npm", Name = package });

    private static byte[] Document(string id, string package, params string[] aliases) => ReportSeed.Compress(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new
    {
        id, modified = Day, aliases, affected = new[] { new { package = new { ecosystem = "npm", name = package }, ranges = new[] { new { type = "SEMVER", events = new[] { new { introduced = "0" } } } } } },
    }));
}
