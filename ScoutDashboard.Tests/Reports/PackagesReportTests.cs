using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

public sealed class PackagesReportTests : IAsyncLifetime
{
    private static readonly PageRequest First = new(1, 50);
    private TestDatabase _database = null!;
    private long _openssl;

    // web is an index of two images, both with openssl 3.0.1; api has 3.0.2; old is no repository's latest image.
    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(_database);
        var web = await _database.AddRepositoryAsync("web");
        var index = await seed.ImageAsync(web, "index", ImageKind.Index, latest: true, tag: "v1");
        var amd = await seed.ImageAsync(web, "amd", platform: "linux/amd64");
        var arm = await seed.ImageAsync(web, "arm", platform: "linux/arm64");
        await seed.EntryAsync(index, amd, arm);
        var old = await seed.ImageAsync(web, "old", daysOld: 9);
        var api = await seed.ImageAsync(await _database.AddRepositoryAsync("api"), "api", latest: true);
        var disabled = await seed.ImageAsync(await _database.AddRepositoryAsync("off", enabled: false), "off", latest: true);

        _openssl = await seed.ComponentAsync("openssl", "3.0.1");
        var newer = await seed.ComponentAsync("openssl", "3.0.2");
        var lodash = await seed.ComponentAsync("lodash", "4", "npm");
        var gone = await seed.ComponentAsync("gone");
        var strange = await seed.ComponentAsync("strange", matched: false);
        await seed.PackagesAsync(amd, 0, (_openssl, "var/lib/dpkg/status"), (strange, "var/lib/dpkg/status"));
        await seed.PackagesAsync(arm, 0, (_openssl, "var/lib/dpkg/status"));
        await seed.PackagesAsync(api, 0, (newer, "var/lib/dpkg/status"));
        await seed.PackagesAsync(api, 1, (lodash, "a/package.json"), (lodash, "b/package.json"));
        await seed.PackagesAsync(old, 0, (gone, "var/lib/dpkg/status"));
        await seed.PackagesAsync(disabled, 0, (gone, "var/lib/dpkg/status"));
        await seed.FindingAsync(_openssl, "CVE-2026-0001", SeverityLevel.High, "3.0.3", score: 7.5);
        await seed.FindingAsync(newer, "CVE-2026-0001", SeverityLevel.High, "3.0.3", score: 8.1);
        await seed.FindingAsync(newer, "CVE-2026-0002", SeverityLevel.Low);
        await seed.FindingAsync(lodash, "CVE-2026-0003", SeverityLevel.Critical, verdict: Verdict.Undecided, reason: "Version can't be compared.");
        await seed.FindingAsync(gone, "CVE-2026-0004", SeverityLevel.Critical);
        await seed.AdvisoryAsync("DEBIAN-CVE-2026-0001", "Overflow in openssl", new
        {
            id = "DEBIAN-CVE-2026-0001", details = "**Bad**", upstream = new[] { "CVE-2026-0001" }, aliases = new[] { "GHSA-x" },
            references = new object[] { new { type = "ADVISORY", url = "https://example.com/a" }, new { type = "WEB", url = "javascript:alert(1)" }, new { type = "WEB", url = "https://example.com/a" }, 7 },
        });
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task APackageOfSeveralVersionsIsOneRowAndItsVulnerabilitiesCountOnce()
    {
        var page = await new PackagesReport(_database, TimeProvider.System).ListAsync(1, new PackageFilter(), byName: false, First, default);

        Assert.Equal(["openssl", "lodash", "strange"], page.Rows.Select(r => r.Name));
        Assert.Equal(3, page.Total);
        Assert.Equal(["3.0.1", "3.0.2"], page.Rows[0].Versions);
        Assert.Equal(3, page.Rows[0].Images);
        Assert.Equal(new SeverityCounts(0, 1, 0, 1, 0), page.Rows[0].Counts);
        Assert.Equal(1, page.Rows[1].Images);
    }

    [Fact]
    public async Task APackageThatWasNeverMatchedHasNoCounts()
    {
        var page = await new PackagesReport(_database, TimeProvider.System).ListAsync(1, new PackageFilter("strange"), byName: true, First, default);

        Assert.Null(Assert.Single(page.Rows).Counts);
    }

    [Fact]
    public async Task FiltersByTypeAndSortsByName()
    {
        var report = new PackagesReport(_database, TimeProvider.System);

        Assert.Equal(["lodash", "openssl", "strange"], (await report.ListAsync(1, new PackageFilter(), byName: true, First, default)).Rows.Select(r => r.Name));
        Assert.Equal(["lodash"], (await report.ListAsync(1, new PackageFilter(Type: "npm"), byName: true, First, default)).Rows.Select(r => r.Name));
        Assert.Equal(["deb", "npm"], await report.TypesAsync(1, default));
    }

    [Fact]
    public async Task ThePageOfAPackageTellsEachVersionWithItsImages()
    {
        var view = await new PackagesReport(_database, TimeProvider.System).FindAsync(1, _openssl, default);

        Assert.Equal(["3.0.1", "3.0.2"], view!.Versions.Select(v => v.Version));
        Assert.Equal(["web linux/amd64", "web linux/arm64"], view.Versions[0].Holders.Select(h => $"{h.Repository} {h.Platform}"));
        Assert.Equal(["api linux/amd64"], view.Versions[1].Holders.Select(h => $"{h.Repository} {h.Platform}"));
    }

    [Fact]
    public async Task VulnerabilitiesOfLatestImagesOnlyWithTheirReach()
    {
        var page = await new VulnerabilitiesReport(_database, TimeProvider.System).ListAsync(1, new VulnerabilityFilter(), First, default);

        Assert.All(page.Rows, row => Assert.Empty(row.OtherCves));
        Assert.Equal(
            [
                new VulnerabilityRow("CVE-2026-0003", "", SeverityLevel.Critical, null, 1, 1, Fixable: false, Undecided: true),
                new VulnerabilityRow("CVE-2026-0001", "Overflow in openssl", SeverityLevel.High, 8.1, 1, 3, Fixable: true, Undecided: false),
                new VulnerabilityRow("CVE-2026-0002", "", SeverityLevel.Low, null, 1, 1, Fixable: false, Undecided: false),
            ],
            page.Rows.Select(row => row with { OtherCves = Array.Empty<string>() }));
    }

    [Fact]
    public async Task VulnerabilitiesAreFiltered()
    {
        var report = new VulnerabilitiesReport(_database, TimeProvider.System);
        async Task<string> IdsAsync(VulnerabilityFilter filter) => string.Join(' ', (await report.ListAsync(1, filter, First, default)).Rows.Select(r => r.Id[^1]));

        Assert.Equal("1", await IdsAsync(new VulnerabilityFilter(SeverityLevel.High)));
        Assert.Equal("1", await IdsAsync(new VulnerabilityFilter(Fixable: true)));
        Assert.Equal("3", await IdsAsync(new VulnerabilityFilter(PackageType: "npm")));
        Assert.Equal("1 2", await IdsAsync(new VulnerabilityFilter(Text: "openssl")));
        Assert.Equal("2", await IdsAsync(new VulnerabilityFilter(Text: "cve-2026-0002")));
    }

    [Fact]
    public async Task AVulnerabilityTellsItsSourcesPackagesAndHarmlessReferences()
    {
        var view = await new VulnerabilityReport(_database, TimeProvider.System).FindAsync(1, "CVE-2026-0001", default);

        Assert.Equal((SeverityLevel.High, 8.1), (view!.Severity, view.Score));
        Assert.Equal(["DEBIAN-CVE-2026-0001", "GHSA-x"], view.Aliases);
        Assert.Equal([new OsvReference("ADVISORY", "https://example.com/a")], view.References);
        Assert.Equal(["3.0.1", "3.0.2"], view.Packages.Select(p => p.Version));
        Assert.Equal(2, view.Packages[0].Holders.Count);
        Assert.Null(await new VulnerabilityReport(_database, TimeProvider.System).FindAsync(1, "CVE-1999-0001", default));
    }

    [Fact]
    public void ARecordBeyondTheBoundsIsUnreadableAndNothingElse()
    {
        Assert.Null(OsvDocument.Read([1, 2, 3]));
        Assert.Null(OsvDocument.Read(ReportSeed.Compress("[]"u8.ToArray())));
        Assert.Null(OsvDocument.Read(ReportSeed.Compress(new byte[9 * 1024 * 1024])));
        Assert.Null(OsvDocument.Read(ReportSeed.Compress(System.Text.Encoding.UTF8.GetBytes(new string('[', 5000)))));
        Assert.Equal("", OsvDocument.Read(ReportSeed.Compress("""{"details":null,"aliases":"x","references":{}}"""u8.ToArray()))!.Details);
    }
}
