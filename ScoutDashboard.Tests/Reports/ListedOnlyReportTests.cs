using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Reports.Exports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

/// <summary>
/// One image declares lodash 4.17.0 and another has it installed; the same findings stand on that one component. What the first is told must be as if it had none.
/// </summary>
public sealed class ListedOnlyReportTests : IAsyncLifetime
{
    private static readonly PageRequest First = new(1, 50);
    private TestDatabase _database = null!;
    private long _declaring;
    private long _holding;
    private long _lodash;
    private long _onlyDeclared;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(_database);
        var web = await _database.AddRepositoryAsync("web");
        var os = await seed.ImageAsync(await _database.AddRepositoryAsync("os"), "os");
        _declaring = await seed.ImageAsync(web, "declaring", latest: true, counts: (0, 0, 0, 0, 0));
        _holding = await seed.ImageAsync(await _database.AddRepositoryAsync("api"), "holding", latest: true, counts: (1, 0, 0, 0, 0));
        await seed.LayersAsync(os, "os");
        await seed.LayersAsync(_declaring, "os", "app");
        _lodash = await seed.ComponentAsync("lodash", "4.17.0", "npm");
        _onlyDeclared = await seed.ComponentAsync("ghost", "1.0", "npm", matched: true);
        var bash = await seed.ComponentAsync("bash");
        var app = await seed.ComponentAsync("Shop", "1.0.0", "application");
        await seed.PackagesAsync(_declaring, 0, (bash, "var/lib/dpkg/status"));
        await ListAsync(seed, _declaring, 1, ListedOnly.Declared, null, _lodash, _onlyDeclared);
        await ListAsync(seed, _declaring, 1, ListedOnly.Application, null, app);
        await ListAsync(seed, _holding, 0, null, "npm 10.8.2", _lodash);
        await seed.FindingAsync(_lodash, "CVE-2026-0001", SeverityLevel.Critical, "4.17.21");
        await seed.FindingAsync(_onlyDeclared, "CVE-2026-0002", SeverityLevel.High);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task ThePackagesOfAnImageTellWhatIsDeclaredAndGiveItNoCounts()
    {
        var rows = (await new ImagePackagesReport(_database, TimeProvider.System).ListAsync(1, _declaring, new PackageFilter(), null, First, default)).Rows;

        Assert.Equal(["Shop Application", "bash ", "ghost Declared", "lodash Declared"], rows.Select(row => $"{row.Name} {row.ListedOnly}").Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal(row.Name == "bash", row.Counts is not null));
    }

    [Fact]
    public async Task ThePackagesOfAnImageAreNarrowedToTheDeclaredOrToThoseOfATool()
    {
        var report = new ImagePackagesReport(_database, TimeProvider.System);

        Assert.Equal(["ghost", "lodash"], (await report.ListAsync(1, _declaring, new PackageFilter(Declared: true), null, First, default)).Rows.Select(row => row.Name));
        Assert.Empty((await report.ListAsync(1, _declaring, new PackageFilter(PartOfTool: true), null, First, default)).Rows);
        Assert.Empty((await report.ListAsync(1, _holding, new PackageFilter(Declared: true), null, First, default)).Rows);
        var part = Assert.Single((await report.ListAsync(1, _holding, new PackageFilter(PartOfTool: true), null, First, default)).Rows);
        Assert.Equal(("lodash", "npm 10.8.2", 1), (part.Name, part.PartOf, part.Counts!.Value.Critical));
    }

    [Fact]
    public async Task ADeclaredPackageHasNoFindingInItsImage()
    {
        var report = new FindingsReport(_database, TimeProvider.System);

        Assert.Empty((await report.ListAsync(1, _declaring, new FindingFilter(), First, default)).Rows);
        Assert.Equal("CVE-2026-0001", Assert.Single((await report.ListAsync(1, _holding, new FindingFilter(), First, default)).Rows).VulnerabilityId);
    }

    [Fact]
    public async Task ALayerCountsNeitherADeclaredPackageNorItsVulnerability()
    {
        var layers = await new ImageReport(_database, TimeProvider.System).LayersAsync(1, _declaring, default);

        Assert.Equal([(1, 0), (0, 0)], layers.Select(layer => (layer.Packages, layer.Counts!.Value.Critical)));
    }

    [Fact]
    public async Task NeitherSideOfTheBaseCountsADeclaredPackage() =>
        Assert.Equal(
            new SeverityCountsBySide(SeverityCounts.Of([]), SeverityCounts.Of([])), (await new BaseImageReport(_database, TimeProvider.System).FindAsync(1, _declaring, default))!.Known!.Sides);

    [Fact]
    public async Task NoVulnerabilityReachesTheImageThatOnlyDeclares()
    {
        var row = Assert.Single((await new VulnerabilitiesReport(_database, TimeProvider.System).ListAsync(1, new VulnerabilityFilter(), First, default)).Rows);
        Assert.Equal(("CVE-2026-0001", 1), (row.Id, row.Images));

        var view = await new VulnerabilityReport(_database, TimeProvider.System).FindAsync(1, "CVE-2026-0001", default);
        Assert.Equal([_holding], Assert.Single(view!.Packages).Holders.Select(holder => holder.ImageId));
    }

    [Fact]
    public async Task TheListOfAllPackagesIsOfWhatIsInstalled()
    {
        var report = new PackagesReport(_database, TimeProvider.System);
        var page = await report.ListAsync(1, new PackageFilter(), byName: true, First, default);

        Assert.Equal([("bash", 1), ("lodash", 1)], page.Rows.Select(row => (row.Name, row.Images)));
        Assert.Equal(["deb", "npm"], await report.TypesAsync(1, default));
    }

    [Fact]
    public async Task ThePageOfAPackageTellsWhichImageOnlyDeclaresIt()
    {
        var report = new PackagesReport(_database, TimeProvider.System);

        var lodash = Assert.Single((await report.FindAsync(1, _lodash, default))!.Versions);
        Assert.Equal([(_holding, null, "npm 10.8.2"), (_declaring, ListedOnly.Declared, null)], lodash.Holders.Select(holder => (holder.ImageId, holder.ListedOnly, holder.PartOf)));
        Assert.Equal((null, 1), (lodash.Why, lodash.Counts!.Value.Critical));
        var ghost = Assert.Single((await report.FindAsync(1, _onlyDeclared, default))!.Versions);
        Assert.Equal((ListedOnly.Declared, null), (ghost.Why, ghost.Counts));
    }

    [Fact]
    public async Task ABillOfMaterialsNamesTheDeclaredAsExcludedAndTheProgramAsApplication()
    {
        var content = (await new SbomReport(_database).FindAsync(1, _declaring, default))!;
        Assert.Equal([("Shop", ListedOnly.Application), ("bash", null), ("ghost", ListedOnly.Declared), ("lodash", ListedOnly.Declared)],
            content.Components.Select(component => (component.Name, component.ListedOnly)).OrderBy(component => component.Name, StringComparer.Ordinal));
        Assert.Equal("npm 10.8.2", Assert.Single((await new SbomReport(_database).FindAsync(1, _holding, default))!.Components).PartOf);
    }

    private static async Task ListAsync(ReportSeed seed, long imageId, int layer, ListedOnly? listedOnly, string? partOf, params long[] components)
    {
        var set = new PackageSet { Hash = Guid.NewGuid().ToByteArray(), Kind = "npm-lock", Count = components.Length };
        await seed.AddAsync(set);
        await seed.AddAsync([.. components.Select(id => new PackageSetComponent { PackageSetId = set.Id, ComponentId = id, Path = "app/package-lock.json", ListedOnly = listedOnly, PartOf = partOf })]);
        await seed.AddAsync(new ImagePackageSet { ImageId = imageId, PackageSetId = set.Id, LayerIndex = layer });
    }
}
