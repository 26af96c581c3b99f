using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

public sealed class RepositoryReportTests
{
    private static readonly PageRequest First = new(1, 25);

    [Fact]
    public async Task TheChangeIsAgainstTheOneBeforeThatWasMatchedOnTheSamePlatform()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await database.AddRepositoryAsync();
        await seed.ImageAsync(repository, "newest", daysOld: 0, counts: (1, 5, 0, 0, 0), tag: "v4");
        await seed.ImageAsync(repository, "failed", daysOld: 1, state: ImageState.Failed, tag: "v3");
        await seed.ImageAsync(repository, "arm", daysOld: 2, counts: (9, 9, 9, 9, 9), platform: "linux/arm64", tag: "v3-arm");
        await seed.ImageAsync(repository, "oldest", daysOld: 3, counts: (1, 3, 1, 0, 0), tag: "v2");

        var page = await new RepositoryReport(database).ImagesAsync(1, repository, null, First, default);

        Assert.Equal(["v4", "v3", "v3-arm", "v2"], page.Rows.Select(r => r.Tags[0]));
        Assert.Equal([new SeverityCounts(0, 2, -1, 0, 0), null, null, null], page.Rows.Select(r => r.Change));
    }

    [Fact]
    public async Task TheLastRowOfAPageIsStillComparedWithTheFirstOfTheNext()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await database.AddRepositoryAsync();
        await seed.ImageAsync(repository, "new", daysOld: 0, counts: (2, 0, 0, 0, 0));
        await seed.ImageAsync(repository, "old", daysOld: 1, counts: (1, 0, 0, 0, 0));

        var page = await new RepositoryReport(database).ImagesAsync(1, repository, null, new PageRequest(1, 1), default);

        Assert.Equal(new SeverityCounts(1, 0, 0, 0, 0), Assert.Single(page.Rows).Change);
        Assert.Equal(2, page.Total);
    }

    [Fact]
    public async Task ImagesOfAnIndexStandUnderItUnlessTheyHaveATagOfTheirOwn()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await database.AddRepositoryAsync();
        var index = await seed.ImageAsync(repository, "index", ImageKind.Index, counts: (1, 0, 0, 0, 0), tag: "v1");
        var amd = await seed.ImageAsync(repository, "amd", counts: (1, 0, 0, 0, 0), daysOld: 1);
        var arm = await seed.ImageAsync(repository, "arm", platform: "linux/arm64", counts: (0, 0, 0, 0, 0), daysOld: 2, tag: "v1-arm64");
        await seed.EntryAsync(index, amd, arm);

        var page = await new RepositoryReport(database).ImagesAsync(1, repository, null, First, default);

        Assert.Equal([index, arm], page.Rows.Select(r => r.Image.Id));
        Assert.Equal([amd, arm], page.Rows[0].Children.Select(c => c.Id));
    }

    [Fact]
    public async Task FindsByTagAndByDigest()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await database.AddRepositoryAsync();
        var one = await seed.ImageAsync(repository, "one", tag: "release-1");
        var two = await seed.ImageAsync(repository, "two", tag: "dev");
        var report = new RepositoryReport(database);

        Assert.Equal(one, Assert.Single((await report.ImagesAsync(1, repository, "RELEASE", First, default)).Rows).Image.Id);
        Assert.Equal(two, Assert.Single((await report.ImagesAsync(1, repository, ReportSeed.DigestOf("two")[..20], First, default)).Rows).Image.Id);
    }

    [Fact]
    public async Task AFailureBeforeThereIsAnImageIsToldUntilALaterSuccess()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await database.AddRepositoryAsync();
        await seed.AddAsync(
            new AnalysisJob { RepositoryId = repository, Tag = "v1", State = JobState.Failed, Failure = "Not found.", CreatedAt = ReportSeed.Now, FinishedAt = ReportSeed.Now },
            new AnalysisJob { RepositoryId = repository, Tag = "v2", State = JobState.Running, CreatedAt = ReportSeed.Now });
        var report = new RepositoryReport(database);

        Assert.Equal(["v2 Running", "v1 Failed"], (await report.JobsAsync(1, repository, default)).Select(j => $"{j.Tag} {j.State}"));

        await seed.AddAsync(new AnalysisJob { RepositoryId = repository, Tag = "v1", State = JobState.Succeeded, CreatedAt = ReportSeed.Now, FinishedAt = ReportSeed.Now.AddMinutes(1) });

        Assert.Equal(["v2 Running"], (await report.JobsAsync(1, repository, default)).Select(j => $"{j.Tag} {j.State}"));
        Assert.Empty(await report.JobsAsync(2, repository, default));
    }
}
