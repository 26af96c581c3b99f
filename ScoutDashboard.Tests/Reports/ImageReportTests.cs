using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

public sealed class ImageReportTests
{
    private static readonly PageRequest First = new(1, 50);

    [Fact]
    public async Task EachLayerCountsTheVulnerabilitiesOfItsOwnPackagesOnce()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var image = await seed.ImageAsync(await database.AddRepositoryAsync(), "image", counts: (1, 1, 0, 0, 0));
        await seed.StepAsync(image, 0, 0, "ADD rootfs.tar.xz /");
        await seed.StepAsync(image, 1, null, "CMD [\"bash\"]");
        await seed.StepAsync(image, 2, 1, "RUN apt-get install curl");
        var library = await seed.ComponentAsync("libssl3");
        var tool = await seed.ComponentAsync("openssl");
        var curl = await seed.ComponentAsync("curl");
        await seed.PackagesAsync(image, 0, (library, "var/lib/dpkg/status"), (tool, "var/lib/dpkg/status"));
        await seed.PackagesAsync(image, 1, (curl, "var/lib/dpkg/status"));
        // One vulnerability in two packages of one layer; told twice with different severity, the worse counts.
        await seed.FindingAsync(library, "CVE-2026-0001", SeverityLevel.Critical);
        await seed.FindingAsync(tool, "CVE-2026-0001", SeverityLevel.Low);
        await seed.FindingAsync(curl, "CVE-2026-0002", SeverityLevel.High);
        await seed.FindingAsync(curl, "CVE-2026-0003", SeverityLevel.High, verdict: Verdict.Undecided);

        var layers = await new ImageReport(database, TimeProvider.System).LayersAsync(1, image, default);

        Assert.Equal([new SeverityCounts(1, 0, 0, 0, 0), null, new SeverityCounts(0, 1, 0, 0, 0)], layers.Select(l => l.Counts));
        Assert.Equal([2, 0, 1], layers.Select(l => l.Packages));
        Assert.Equal("RUN apt-get install curl", layers[2].CreatedBy);
    }

    [Fact]
    public async Task LayersOfAnImageThatWasNotMatchedHaveNoCounts()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var image = await seed.ImageAsync(await database.AddRepositoryAsync(), "image", counts: null);
        await seed.StepAsync(image, 0, 0, "ADD rootfs.tar.xz /");

        Assert.Null(Assert.Single(await new ImageReport(database, TimeProvider.System).LayersAsync(1, image, default)).Counts);
    }

    [Fact]
    public async Task AnImageKnowsItsSiblingsAndTheTagsOfItsIndex()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await database.AddRepositoryAsync();
        var index = await seed.ImageAsync(repository, "index", ImageKind.Index, tag: "v1");
        var amd = await seed.ImageAsync(repository, "amd", platform: "linux/amd64");
        var arm = await seed.ImageAsync(repository, "arm", platform: "linux/arm64");
        await seed.EntryAsync(index, amd, arm);

        var view = await new ImageReport(database, TimeProvider.System).FindAsync(1, arm, default);

        Assert.NotNull(view);
        Assert.Equal([amd, arm], view.Platforms.Select(p => p.Id));
        Assert.Equal(["v1"], view.Tags);
        Assert.Equal(index, view.IndexId);
    }

    [Fact]
    public async Task GapsAreReadAndAnUnreadableListIsAGapItself()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await database.AddRepositoryAsync();
        var good = await seed.ImageAsync(repository, "good", gaps: """[{"Kind":"Limit","Path":"app/a.json","Reason":"Too large."}]""");
        var broken = await seed.ImageAsync(repository, "broken", gaps: "[{");
        var report = new ImageReport(database, TimeProvider.System);

        Assert.Equal([new ScanGap(ScanGapKind.Limit, "app/a.json", "Too large.")], (await report.FindAsync(1, good, default))!.Gaps);
        Assert.Equal(ScanGapKind.Malformed, Assert.Single((await report.FindAsync(1, broken, default))!.Gaps).Kind);
    }

    [Fact]
    public async Task NothingOfAnotherOrganizationIsFound()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await seed.ForeignRepositoryAsync();
        var image = await seed.ImageAsync(repository, "image", counts: (1, 0, 0, 0, 0), latest: true, tag: "v1");
        var component = await seed.ComponentAsync("openssl");
        await seed.StepAsync(image, 0, 0, "ADD secret /");
        await seed.PackagesAsync(image, 0, (component, "var/lib/dpkg/status"));
        await seed.FindingAsync(component, "CVE-2026-0001", SeverityLevel.Critical);

        Assert.Null(await new ImageReport(database, TimeProvider.System).FindAsync(1, image, default));
        Assert.Empty(await new ImageReport(database, TimeProvider.System).LayersAsync(1, image, default));
        Assert.Null(await new BaseImageReport(database, TimeProvider.System).FindAsync(1, image, default));
        Assert.Empty((await new FindingsReport(database, TimeProvider.System).ListAsync(1, image, new FindingFilter(), First, default)).Rows);
        Assert.Empty((await new ImagePackagesReport(database, TimeProvider.System).ListAsync(1, image, new PackageFilter(), null, First, default)).Rows);
        Assert.Null(await new RepositoryReport(database).FindAsync(1, repository, default));
        Assert.Empty((await new RepositoryReport(database).ImagesAsync(1, repository, null, First, default)).Rows);
        Assert.Empty((await new ImageListReport(database).ListAsync(1, new ImageListFilter(), First, default)).Rows);
        Assert.Null(await new PackagesReport(database, TimeProvider.System).FindAsync(1, component, default));
        Assert.Empty((await new PackagesReport(database, TimeProvider.System).ListAsync(1, new PackageFilter(), byName: false, First, default)).Rows);
        Assert.Empty((await new VulnerabilitiesReport(database, TimeProvider.System).ListAsync(1, new VulnerabilityFilter(), First, default)).Rows);
        Assert.Null(await new VulnerabilityReport(database, TimeProvider.System).FindAsync(1, "CVE-2026-0001", default));
        Assert.Null(await new ScoutDashboard.Reports.Exports.SbomReport(database).FindAsync(1, image, default));

        Assert.NotNull(await new ImageReport(database, TimeProvider.System).FindAsync(2, image, default));
        Assert.Single((await new FindingsReport(database, TimeProvider.System).ListAsync(2, image, new FindingFilter(), First, default)).Rows);
    }
}
