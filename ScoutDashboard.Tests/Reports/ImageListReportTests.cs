using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

public sealed class ImageListReportTests
{
    private static readonly PageRequest First = new(1, 25);

    [Fact]
    public async Task ShowsEnabledRepositoriesAndThoseWithResultsButNoOthers()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var analysed = await database.AddRepositoryAsync("b/analysed", enabled: false);
        await seed.ImageAsync(analysed, "one", counts: (1, 0, 0, 0, 0), latest: true, tag: "v1");
        await database.AddRepositoryAsync("a/waiting");
        await database.AddRepositoryAsync("c/never", enabled: false);
        await seed.ImageAsync(await seed.ForeignRepositoryAsync(), "foreign", counts: (9, 9, 9, 9, 9), latest: true);

        var page = await new ImageListReport(database).ListAsync(1, new ImageListFilter(), First, default);

        Assert.Equal(["b/analysed", "a/waiting"], page.Rows.Select(r => r.Name));
        Assert.Equal(2, page.Total);
        Assert.Equal("v1", page.Rows[0].Tag);
        Assert.Null(page.Rows[1].Latest);
    }

    [Fact]
    public async Task AnImageThatWasNotMatchedHasNoCountsAndSortsBelowZero()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        await seed.ImageAsync(await database.AddRepositoryAsync("a/unmatched"), "one", counts: null, latest: true, unmatched: "Debian:12");
        await seed.ImageAsync(await database.AddRepositoryAsync("b/clean"), "two", counts: (0, 0, 0, 0, 0), latest: true);
        await seed.ImageAsync(await database.AddRepositoryAsync("c/bad"), "three", counts: (0, 2, 0, 0, 0), latest: true);

        var page = await new ImageListReport(database).ListAsync(1, new ImageListFilter(), First, default);

        Assert.Equal(["c/bad", "b/clean", "a/unmatched"], page.Rows.Select(r => r.Name));
        Assert.Equal(new SeverityCounts(0, 0, 0, 0, 0), page.Rows[1].Latest!.Counts);
        Assert.Null(page.Rows[2].Latest!.Counts);
        Assert.Equal("Debian:12", page.Rows[2].Latest!.Unmatched);
    }

    [Fact]
    public async Task AnIndexTellsThePlatformsAndTheSizeOfItsImages()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await database.AddRepositoryAsync();
        var index = await seed.ImageAsync(repository, "index", ImageKind.Index, counts: (1, 0, 0, 0, 0), latest: true, tag: "v2");
        await seed.EntryAsync(index, await seed.ImageAsync(repository, "arm", platform: "linux/arm64"), await seed.ImageAsync(repository, "amd", platform: "linux/amd64"));

        var row = Assert.Single((await new ImageListReport(database).ListAsync(1, new ImageListFilter(), First, default)).Rows);

        Assert.Equal(["linux/amd64", "linux/arm64"], row.Platforms);
        Assert.Equal(2000, row.Size);
        Assert.Equal("v2", row.Tag);
    }

    [Fact]
    public async Task FiltersByTextLiterallyByStateAndByCritical()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        await seed.ImageAsync(await database.AddRepositoryAsync("team/my_app"), "one", counts: (1, 0, 0, 0, 0), latest: true);
        await seed.ImageAsync(await database.AddRepositoryAsync("team/myxapp"), "two", state: ImageState.Failed, latest: true);
        await database.AddRepositoryAsync("team/new");
        var report = new ImageListReport(database);

        async Task<string> NamesAsync(ImageListFilter filter) =>
            string.Join(' ', (await report.ListAsync(1, filter with { Sort = ImageListSort.Name }, First, default)).Rows.Select(r => r.Name));

        Assert.Equal("team/my_app", await NamesAsync(new ImageListFilter("MY_APP")));
        Assert.Equal("", await NamesAsync(new ImageListFilter("%")));
        Assert.Equal("team/myxapp", await NamesAsync(new ImageListFilter(State: ImageState.Failed)));
        Assert.Equal("team/new", await NamesAsync(new ImageListFilter(State: ImageState.Pending)));
        Assert.Equal("team/my_app", await NamesAsync(new ImageListFilter(HasCritical: true)));
    }

    [Fact]
    public async Task PagesKeepTheTotalAndNeverRepeatARow()
    {
        await using var database = await TestDatabase.CreateAsync();
        foreach (var number in Enumerable.Range(1, 7))
        {
            await database.AddRepositoryAsync($"app{number}");
        }

        var report = new ImageListReport(database);
        List<string> names = [];
        for (var number = 1; number <= 4; number++)
        {
            var page = await report.ListAsync(1, new ImageListFilter(), new PageRequest(number, 3), default);
            Assert.Equal(7, page.Total);
            names.AddRange(page.Rows.Select(r => r.Name));
        }

        Assert.Equal(["app1", "app2", "app3", "app4", "app5", "app6", "app7"], names);
    }
}
