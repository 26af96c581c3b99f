using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Retention;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

public sealed class RemovalNoticeTests
{
    [Theory]
    [InlineData(null, "30.00:00:00", "No tag leads to it since 2026-06-15. Its analysis is kept until 2026-07-15 at least.")]
    [InlineData(null, "never", "No tag leads to it since 2026-06-15. Its analysis is kept.")]
    [InlineData(-5, "never", "Its analysis is kept until 2026-06-22 at least.")]
    [InlineData(2, "never", "Its analysis is kept until 2026-06-24 at least.")]
    public void AnImageThatGoesSaysSoBefore(int? deletedDays, string untagged, string expected)
    {
        Assert.True(KeepTime.TryParse(untagged, out var time));
        using var browser = Browser(new RetentionOptions { UntaggedImages = time, DeletedImages = KeepTime.OfDays(7) });

        Assert.Equal(expected, Text(browser, Image(deletedDays) with { UntaggedAt = ReportSeed.Now }));
    }

    [Fact]
    public void AnImageThatATagLeadsToSaysNothingEvenIfItWasDeleted()
    {
        using var browser = Browser(new RetentionOptions());

        Assert.Equal("", Text(browser, Image(deletedDays: -5)));
    }

    [Fact]
    public async Task TheListOfImagesKnowsSinceWhenNoTagLeadsToOne()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (seed, repository) = (new ReportSeed(database), await database.AddRepositoryAsync());
        var id = await seed.ImageAsync(repository, "image");
        await using (var db = database.CreateDbContext())
        {
            (await db.Images.FindAsync(id))!.UntaggedAt = ReportSeed.Now;
            await db.SaveChangesAsync();
        }

        var listed = await new RepositoryReport(database).ImagesAsync(1, repository, null, new PageRequest(1, 10), CancellationToken.None);
        Assert.Equal(ReportSeed.Now, Assert.Single(listed.Rows).Image.UntaggedAt);
        Assert.Equal(ReportSeed.Now, (await new ImageReport(database, TimeProvider.System).FindAsync(1, id, CancellationToken.None))!.Image.UntaggedAt);
    }

    private static ImageSummary Image(int? deletedDays) => new(
        7, ReportSeed.DigestOf("image"), ImageKind.Image, "linux/amd64", 1000, ReportSeed.Now, ImageState.Analysed, null, ReportSeed.Now, deletedDays is { } days ? ReportSeed.Now.AddDays(days) : null, 0, 0, 0, 0, 0, "");

    private static BunitContext Browser(RetentionOptions options)
    {
        var browser = new BunitContext();
        browser.Services.AddLocalization();
        browser.Services.AddSingleton(options);
        return browser;
    }

    private static string Text(BunitContext browser, ImageSummary image) =>
        string.Join(' ', browser.Render<RemovalNotice>(parameters => parameters.Add(notice => notice.Image, image)).Nodes.Select(node => node.TextContent.Replace('\u00a0', ' ')))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is var words ? string.Join(' ', words) : "";
}
