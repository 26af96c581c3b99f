using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using MudBlazor.Services;
using ScoutDashboard.Advisories;
using ScoutDashboard.Data;
using ScoutDashboard.Images;
using ScoutDashboard.Jobs;
using ScoutDashboard.Operations;
using ScoutDashboard.Retention;
using ScoutDashboard.Tests.Advisories;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Operations;

public sealed class SystemPageTests
{
    private HealthCheckResult _health = HealthCheckResult.Degraded("Only 3 MB are free for the data folder.");

    [Fact]
    public async Task AnAdministratorSeesHowTheDashboardDoesAndThePageFollows()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await rig.AddComponentAsync("npm", "a");
        await AddAsync(rig, db => db.Feeds.Add(new FeedState { Key = "npm", Status = FeedStatus.Failing, LastSuccessAt = AdvisoryRig.Start.AddHours(-5) }));
        await AddAsync(rig, db => db.Audit.Add(new AuditEntry { OrganizationId = 1, At = AdvisoryRig.Start.AddDays(-3), Action = AuditAction.BackedUp, Name = "root", Subject = "monday.tar", Detail = "Without keys", Address = "" }));
        await AddAsync(rig, db => db.Audit.Add(new AuditEntry { OrganizationId = 2, At = AdvisoryRig.Start, Action = AuditAction.BackedUp, Name = "root", Subject = "of-others.tar", Detail = "", Address = "" }));
        await AddAsync(rig, db => db.RetentionRuns.Add(new RetentionRun { StartedAt = AdvisoryRig.Start.AddMinutes(-21), EndedAt = AdvisoryRig.Start.AddMinutes(-20), Images = 3, Components = 40, Layers = 5, Events = 6, Jobs = 7, BytesBefore = 9_000_000, BytesAfter = 4_000_000 }));
        var folder = Directory.CreateTempSubdirectory("scout-system-");
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "scout.db"), new byte[3_000_000]);
        var feed = new JobFeed(rig.Clock, NullLogger<JobFeed>.Instance);
        await using var browser = Browser(rig, feed, folder.FullName);

        var page = browser.Render<SystemPage>();

        page.WaitForAssertion(() => Assert.Contains("Only 3 MB are free", page.Markup, StringComparison.Ordinal));
        Assert.Equal("0", Fact(page, "Waiting"));
        Assert.Equal("0 of 4 workers", Fact(page, "Running"));
        Assert.Equal(("1", "1"), (Fact(page, "Needed"), Fact(page, "Failing")));
        Assert.Equal("5 h ago", Fact(page, "Oldest loaded"));
        Assert.Equal(("3 days ago", "monday.tar", "Without keys"), (Fact(page, "Last"), Fact(page, "File"), Fact(page, "Keys")));
        Assert.Equal("3.0 MB", Fact(page, "Size"));
        Assert.Equal(("20 min ago", "in 40 min"), (Fact(page, "Last run"), Fact(page, "Next run")));
        Assert.Equal(("3 images, 40 components, 5 scans of layers, 6 events, 7 jobs", "9.0 MB", "4.0 MB"), (Fact(page, "Removed"), Fact(page, "Database before"), Fact(page, "Database after")));
        Assert.StartsWith("3.", Fact(page, "SQLite"), StringComparison.Ordinal);
        Assert.Equal("–", Fact(page, "Findings now"));
        Assert.Contains("Jobs__Worker is not known", page.Markup, StringComparison.Ordinal);
        Assert.Single(page.FindAll(".check-list .status-warning"), chip => chip.TextContent == "Space");

        // An analysis is queued, and after a while the health changes without anybody telling.
        var repository = await rig.Database.AddRepositoryAsync();
        await new JobQueue(rig.Database, feed, rig.Clock).EnqueueAsync(repository, null, null, JobReason.Push, CancellationToken.None);
        page.WaitForAssertion(() => Assert.Equal("1", Fact(page, "Waiting")));
        _health = HealthCheckResult.Unhealthy("Only 1 MB is free for the data folder.");
        rig.Clock.Advance(TimeSpan.FromSeconds(10));
        page.WaitForAssertion(() => Assert.Contains("Only 1 MB is free", page.Find(".status-error").ParentElement!.TextContent, StringComparison.Ordinal));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task WithoutABackupItSaysHowToMakeOne()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await using var browser = Browser(rig, new JobFeed(rig.Clock, NullLogger<JobFeed>.Instance), "/dev/null/none");

        var page = browser.Render<SystemPage>();

        page.WaitForAssertion(() => Assert.Equal("–", Fact(page, "Last")));
        Assert.Contains("backup FILE", page.Markup, StringComparison.Ordinal);
        Assert.Equal(("–", "soon after the start"), (Fact(page, "Last run"), Fact(page, "Next run")));
        // A folder that does not answer has no size, not none.
        Assert.Equal(("–", "–"), (Fact(page, "Size"), Fact(page, "Free")));
    }

    [Fact]
    public async Task WhatTheProcessDidIsShownByOutcome()
    {
        var tally = new WorkTally();
        await using var browser = new BunitContext();
        browser.Services.AddLocalization();
        var page = browser.Render<WorkFacts>(p => p.Add(facts => facts.Work, tally.Read()));
        Assert.Equal(["0", "none yet", "0 B", "0 scanned, 0 known before", "–"], Values(page));

        tally.EventStored();
        tally.AnalysisEnded(JobState.Queued, TimeSpan.FromSeconds(9));
        tally.AnalysisEnded(JobState.Failed, TimeSpan.FromSeconds(4));
        tally.AnalysisEnded(JobState.Succeeded, TimeSpan.FromSeconds(1));
        tally.AnalysisEnded(JobState.Succeeded, TimeSpan.FromSeconds(2));
        tally.LayerPulled(1_500_000);
        tally.LayersKnown(3);
        page.Render(p => p.Add(facts => facts.Work, tally.Read()).Add(facts => facts.Findings, 1234));

        Assert.Equal(["1", "2 done, 1.5 s on average1 failed, 4.0 s on average1 to be tried again, 9.0 s on average", "1.5 MB", "1 scanned, 3 known before", "1,234"], Values(page));

        static IEnumerable<string> Values(IRenderedComponent<WorkFacts> page) => page.FindAll("dd").Select(dd => string.Join(' ', dd.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public async Task WhatIsMeasuredIsAlsoTallied()
    {
        await using var rig = await AdvisoryRig.CreateAsync();
        await AddAsync(rig, db => db.Snapshots.Add(new SeveritySnapshot { OrganizationId = 1, Day = AdvisoryRig.Start.Date.AddDays(-1), Critical = 900 }));
        await AddAsync(rig, db => db.Snapshots.Add(new SeveritySnapshot { OrganizationId = 1, Day = AdvisoryRig.Start.Date, Critical = 1, High = 2, Medium = 3, Low = 4, Unknown = 5 }));
        await AddAsync(rig, db => db.Snapshots.Add(new SeveritySnapshot { OrganizationId = 2, Day = AdvisoryRig.Start.Date.AddDays(1), Critical = 70 }));
        await using var browser = Browser(rig, new JobFeed(rig.Clock, NullLogger<JobFeed>.Instance), "/dev/null/none");
        // Others work in this process, too, so that the figures may be higher.
        var before = ScoutTelemetry.Tally.Read();
        ScoutTelemetry.EventStored(RegistryEventKind.ImagePushed);
        ScoutTelemetry.AnalysisEnded(JobState.Cancelled, TimeSpan.FromSeconds(1));
        ScoutTelemetry.LayerPulled(1000);
        ScoutTelemetry.LayersKnown(2);
        var after = ScoutTelemetry.Tally.Read();

        Assert.True(after.Events > before.Events && after.PulledBytes >= before.PulledBytes + 1000 && after.PulledLayers > before.PulledLayers && after.KnownLayers >= before.KnownLayers + 2);
        Assert.True(after.Attempts[JobState.Cancelled].Count > before.Attempts.GetValueOrDefault(JobState.Cancelled).Count);
        var page = browser.Render<SystemPage>();
        page.WaitForAssertion(() => Assert.Equal("15", Fact(page, "Findings now")));
        Assert.Contains("cancelled", Fact(page, "Analyses"), StringComparison.Ordinal);
    }

    private static string Fact(IRenderedComponent<SystemPage> page, string term) =>
        page.FindAll(".facts dt").First(dt => dt.TextContent == term).NextElementSibling!.TextContent.Trim();

    private static async Task AddAsync(AdvisoryRig rig, Action<ScoutDb> add)
    {
        await using var db = rig.Database.CreateDbContext();
        add(db);
        await db.SaveChangesAsync();
    }

    private BunitContext Browser(AdvisoryRig rig, JobFeed feed, string folder)
    {
        var browser = new BunitContext();
        browser.JSInterop.Mode = JSRuntimeMode.Loose;
        browser.SignInAs(MemberRole.Administrator);
        browser.Services.AddMudServices();
        browser.Services.AddLocalization();
        browser.Services.AddSingleton<TimeProvider>(rig.Clock).AddSingleton<IDbContextFactory<ScoutDb>>(rig.Database).AddSingleton(feed).AddSingleton(rig.Signal);
        browser.Services.AddSingleton(new FeedList(rig.Database, rig.Feeds, rig.Options, rig.Clock)).AddSingleton(new JobOptions { Workers = 4 }).AddSingleton(new RetentionOptions());
        browser.Services.AddSingleton(new DataFolder(folder)).AddSingleton(new SettingReport([], ["Jobs__Worker is not known and changes nothing."]));
        browser.Services.AddSingleton<SystemFacts>().AddSingleton<HealthReporter>().AddSingleton<SystemReport>();
        browser.Services.AddHealthChecks().AddCheck("space", () => _health);
        return browser;
    }
}
