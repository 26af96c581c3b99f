using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

public sealed class FindingsReportTests : IAsyncLifetime
{
    private static readonly PageRequest First = new(1, 50);
    private TestDatabase _database = null!;
    private ReportSeed _seed = null!;
    private long _image;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _seed = new ReportSeed(_database);
        _image = await _seed.ImageAsync(await _database.AddRepositoryAsync(), "image", counts: (1, 2, 0, 1, 1));
        var openssl = await _seed.ComponentAsync("openssl", "3.0.1");
        var lodash = await _seed.ComponentAsync("lodash", "4.17.0", "npm");
        var elsewhere = await _seed.ComponentAsync("elsewhere");
        await _seed.PackagesAsync(_image, 0, (openssl, "var/lib/dpkg/status"));
        await _seed.PackagesAsync(_image, 2, (lodash, "app/node_modules/lodash/package.json"), (lodash, "tools/node_modules/lodash/package.json"));
        await _seed.FindingAsync(openssl, "CVE-2026-0001", SeverityLevel.High, "3.0.2", score: 7.1);
        await _seed.FindingAsync(openssl, "CVE-2026-0002", SeverityLevel.Low);
        await _seed.FindingAsync(openssl, "CVE-2026-0003", SeverityLevel.Unknown);
        await _seed.FindingAsync(lodash, "CVE-2026-0001", SeverityLevel.High, score: 8.8, verdict: Verdict.Undecided, reason: "Version can't be compared.");
        await _seed.FindingAsync(lodash, "CVE-2026-0004", SeverityLevel.Critical, "4.17.21", advisory: "GHSA-aaaa-bbbb-cccc");
        await _seed.FindingAsync(elsewhere, "CVE-2026-0009", SeverityLevel.Critical);
        await _seed.AdvisoryAsync("GHSA-aaaa-bbbb-cccc", "Prototype pollution", new { id = "GHSA-aaaa-bbbb-cccc" });
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    private Task<FindingsPage> ListAsync(FindingFilter filter) => new FindingsReport(_database, TimeProvider.System).ListAsync(1, _image, filter, First, default);

    private async Task<string> IdsAsync(FindingFilter filter) => string.Join(' ', (await ListAsync(filter)).Rows.Select(r => $"{r.VulnerabilityId[^1]}@{r.Package}"));

    [Fact]
    public async Task TheWorstComeFirstAndUnknownStandsAboveLow() =>
        Assert.Equal("4@lodash 1@lodash 1@openssl 3@openssl 2@openssl", await IdsAsync(new FindingFilter()));

    [Fact]
    public async Task OneVulnerabilityInTwoPackagesIsTwoFindings()
    {
        var page = await ListAsync(new FindingFilter());

        Assert.Equal((5, 4, 1), (page.Total, page.Vulnerabilities, page.Undecided));
    }

    [Fact]
    public async Task EachPathOfAPackageIsToldOnOneRowWithItsLayer()
    {
        var row = (await ListAsync(new FindingFilter())).Rows[0];

        Assert.Equal(
            [new PackagePlace("app/node_modules/lodash/package.json", 2), new PackagePlace("tools/node_modules/lodash/package.json", 2)], row.Places);
        Assert.Equal("Prototype pollution", row.Summary);
    }

    [Theory]
    [InlineData(SeverityLevel.High, "1@lodash 1@openssl")]
    [InlineData(SeverityLevel.Critical, "4@lodash")]
    public async Task FiltersBySeverity(SeverityLevel severity, string expected) => Assert.Equal(expected, await IdsAsync(new FindingFilter(severity)));

    [Fact]
    public async Task FiltersByFixTypeLayerAndText()
    {
        Assert.Equal("4@lodash 1@openssl", await IdsAsync(new FindingFilter(Fixable: true)));
        Assert.Equal("4@lodash 1@lodash", await IdsAsync(new FindingFilter(PackageType: "npm")));
        Assert.Equal("4@lodash 1@lodash", await IdsAsync(new FindingFilter(Layer: 2)));
        Assert.Equal("", await IdsAsync(new FindingFilter(Layer: 1)));
        Assert.Equal("4@lodash", await IdsAsync(new FindingFilter(Text: "ghsa-AAAA")));
        Assert.Equal("1@openssl 3@openssl 2@openssl", await IdsAsync(new FindingFilter(Text: "SSL")));
        Assert.Equal("", await IdsAsync(new FindingFilter(Text: "_")));
    }

    [Fact]
    public async Task PagesFollowEachOther()
    {
        var report = new FindingsReport(_database, TimeProvider.System);
        var second = await report.ListAsync(1, _image, new FindingFilter(), new PageRequest(2, 2), default);

        Assert.Equal(["CVE-2026-0001", "CVE-2026-0003"], second.Rows.Select(r => r.VulnerabilityId));
        Assert.Equal(5, second.Total);
        Assert.Empty((await report.ListAsync(1, _image, new FindingFilter(), new PageRequest(int.MaxValue, 50), default)).Rows);
    }

    [Fact]
    public async Task TypesToChooseAreThoseOfTheImage() =>
        Assert.Equal(["deb", "npm"], await new FindingsReport(_database, TimeProvider.System).PackageTypesAsync(1, _image, default));
}
