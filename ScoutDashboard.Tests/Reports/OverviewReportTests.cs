using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Reports;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Reports;

public sealed class OverviewReportTests
{
    private static readonly FakeTimeProvider Clock = new(ReportSeed.Now);

    [Fact]
    public async Task TotalsCountTheLatestMatchedImagesOfEnabledRepositoriesOnly()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var web = await database.AddRepositoryAsync("web");
        await seed.ImageAsync(web, "web old", counts: (50, 0, 0, 0, 0), daysOld: 3);
        await seed.ImageAsync(web, "web", counts: (1, 2, 0, 0, 1), latest: true, fixable: 2);
        await seed.ImageAsync(await database.AddRepositoryAsync("clean"), "clean", counts: (0, 0, 0, 0, 0), latest: true);
        await seed.ImageAsync(await database.AddRepositoryAsync("unmatched"), "unmatched", counts: null, latest: true);
        await seed.ImageAsync(await database.AddRepositoryAsync("off", enabled: false), "off", counts: (50, 0, 0, 0, 0), latest: true);

        var view = await new OverviewReport(database, Clock).GetAsync(1, default);

        Assert.Equal(new OverviewTotals(2, 1, 2, new SeverityCounts(1, 2, 0, 0, 1)), view.Totals);
        Assert.Equal(["web"], view.MostAffected.Select(i => i.Repository));
        Assert.Equal(3, view.EnabledRepositories);
    }

    [Fact]
    public async Task WithoutAnyMatchedImageNothingIsZero()
    {
        await using var database = await TestDatabase.CreateAsync();
        await new ReportSeed(database).ImageAsync(await database.AddRepositoryAsync(), "unmatched", counts: null, latest: true);

        Assert.Equal(new OverviewTotals(0, null, null, null), (await new OverviewReport(database, Clock).GetAsync(1, default)).Totals);
    }

    [Fact]
    public async Task TheTrendIsOfTheLastThirtyDaysOldestFirst()
    {
        await using var database = await TestDatabase.CreateAsync();
        await new ReportSeed(database).AddAsync([.. new[] { 0, 31, 30, 8 }.Select(days => new SeveritySnapshot
        {
            OrganizationId = 1, Day = ReportSeed.Now.Date.AddDays(-days), Images = 2, VulnerableImages = 1, FixableCriticalHigh = 3, Critical = days,
        })]);

        var trend = (await new OverviewReport(database, Clock).GetAsync(1, default)).Trend;

        Assert.Equal([30, 8, 0], trend.Select(day => day.Totals.Counts!.Value.Critical));
        Assert.Equal((2, 1, 3), (trend[0].Totals.Images, trend[0].Totals.Vulnerable, trend[0].Totals.FixableCriticalHigh));
    }

    [Theory]
    [InlineData(-1, NeedKind.ExpiredToken)]
    [InlineData(0, NeedKind.ExpiringToken)]
    [InlineData(14, NeedKind.ExpiringToken)]
    [InlineData(15, null)]
    public async Task ATokenIsWarnedOfFourteenDaysBeforeItsLastDay(int days, NeedKind? kind)
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.AddRepositoryAsync();
        var day = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime).AddDays(days);
        await using (var db = database.CreateDbContext())
        {
            await db.Integrations.ExecuteUpdateAsync(set => set.SetProperty(i => i.TokenExpiresOn, day));
        }

        var needs = (await new NeedsReport(database, Clock).ListAsync(1, default)).Where(need => need.Kind is NeedKind.ExpiredToken or NeedKind.ExpiringToken);

        Assert.Equal(kind is { } expected ? [Need.Of(expected, "contoso.azurecr.io", day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), "/integrations/acr/1")] : [], needs);
    }

    [Fact]
    public async Task NeedsAreOrderedByHarm()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        var repository = await database.AddRepositoryAsync();
        await seed.ImageAsync(repository, "unmatched", latest: true, unmatched: "Debian:12,npm");
        await seed.ComponentAsync("openssl");
        var waiting = Row("waiting.azurecr.io", IntegrationState.WaitingForToken, 1);
        var failing = Row("failing.azurecr.io", IntegrationState.Error, 2);
        await seed.AddAsync(waiting, failing);
        await seed.AddAsync(
            new AnalysisJob { RepositoryId = repository, State = JobState.Succeeded, CreatedAt = ReportSeed.Now.AddHours(-2) },
            new AnalysisJob { RepositoryId = repository, State = JobState.Failed, CreatedAt = ReportSeed.Now },
            new FeedState { Key = "Debian", Covers = "Debian", Status = FeedStatus.Failing, LastError = "Timeout." },
            new FeedState { Key = "PyPI", Covers = "PyPI", Status = FeedStatus.Failing, LastError = "Nothing installed needs it." },
            new FeedState { Key = "npm", Status = FeedStatus.Ready, NextRunAt = ReportSeed.Now.AddDays(-2) },
            new FeedState { Key = "NuGet", Status = FeedStatus.Ready, NextRunAt = ReportSeed.Now.AddHours(-2) },
            new CleanupTask { OrganizationId = 1, IntegrationId = failing.Id, Hostname = "gone.azurecr.io", Kind = CleanupKind.SystemTopic, ResourceName = "docker-scout-repository" },
            new CleanupTask { OrganizationId = 1, IntegrationId = failing.Id, Hostname = "gone.azurecr.io", Kind = CleanupKind.RegistryToken, ResourceName = "done", DoneAt = ReportSeed.Now });

        var needs = await new NeedsReport(database, Clock).ListAsync(1, default);

        Assert.Equal(
            [
                Need.Of(NeedKind.IntegrationError, "failing.azurecr.io", "Wrong password.", $"/integrations/acr/{failing.Id}"),
                new Need(NeedKind.FailedAnalyses, 1, null, null, "/jobs?state=Failed"),
                Need.Of(NeedKind.FailingFeed, "Debian", "Timeout.", "/settings/feeds"),
                Need.Of(NeedKind.StaleFeed, "npm", null, "/settings/feeds"),
                new Need(NeedKind.UnmatchedImages, 1, null, "Debian:12, npm", "/settings/feeds"),
                Need.Of(NeedKind.Cleanup, "gone.azurecr.io", "docker-scout-repository", "/integrations/acr"),
                Need.Of(NeedKind.UnfinishedSetup, "waiting.azurecr.io", null, $"/integrations/acr/{waiting.Id}/setup"),
            ],
            needs);

        await seed.AddAsync(new AnalysisJob { RepositoryId = repository, State = JobState.Succeeded, CreatedAt = ReportSeed.Now.AddHours(1) });
        Assert.DoesNotContain(await new NeedsReport(database, Clock).ListAsync(1, default), n => n.Kind == NeedKind.FailedAnalyses);
    }

    [Fact]
    public async Task WhatWouldBeTooManyLinesSharesThemByKindAndNothingIsLeftOut()
    {
        await using var database = await TestDatabase.CreateAsync();
        var seed = new ReportSeed(database);
        await database.AddRepositoryAsync();
        var today = DateOnly.FromDateTime(ReportSeed.Now);
        for (byte n = 1; n <= 8; n++)
        {
            await seed.AddAsync(Row($"failing{n}.azurecr.io", IntegrationState.Error, n));
        }

        var expiring = Row("expiring.azurecr.io", IntegrationState.Connected, 20);
        expiring.TokenExpiresOn = today.AddDays(3);
        await seed.AddAsync(expiring, new CleanupTask { OrganizationId = 1, IntegrationId = 1, Hostname = "gone.azurecr.io", Kind = CleanupKind.SystemTopic, ResourceName = "topic" },
            new CleanupTask { OrganizationId = 1, IntegrationId = 1, Hostname = "gone.azurecr.io", Kind = CleanupKind.RegistryToken, ResourceName = "token" });

        Assert.Equal(
            [
                new Need(NeedKind.IntegrationError, 8, null, "failing1.azurecr.io, failing2.azurecr.io, failing3.azurecr.io, failing4.azurecr.io, failing5.azurecr.io, …", "/integrations/acr"),
                Need.Of(NeedKind.ExpiringToken, "expiring.azurecr.io", $"{today.AddDays(3):yyyy-MM-dd}", $"/integrations/acr/{expiring.Id}"),
                new Need(NeedKind.Cleanup, 2, null, "gone.azurecr.io", "/integrations/acr"),
            ],
            await new NeedsReport(database, Clock).ListAsync(1, default));
    }

    private static Integration Row(string host, IntegrationState state, byte key) => new()
    {
        OrganizationId = 1, Hostname = host, ActiveHostname = host, State = state, StateReason = "Wrong password.", TokenName = "t", WebhookKeyHash = [key], ProtectedWebhookKey = "",
        TemplateKeyHash = [key], ProtectedTemplateKey = "",
    };
}
