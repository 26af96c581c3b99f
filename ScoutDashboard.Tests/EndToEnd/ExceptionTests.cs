using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using ScoutDashboard.Data;
using ScoutDashboard.Findings;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Reports;
using ScoutDashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>A person who accepts a risk by the keyboard, in a real browser, sees the counts change, changes it, and ends it.</summary>
[Collection("end to end")]
public sealed class ExceptionTests : IAsyncLifetime, IAsyncDisposable
{
    private const string Cve = "CVE-2026-1001";
    private const string Hostile = "<img src=x onerror=alert(1)> no path \u202eleads there";
    private readonly ScoutApp _app = new();
    private long _image;

    public async Task InitializeAsync()
    {
        _app.Listen();
        await _app.SetUpAsync();
        var databases = _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>();
        var seed = new ReportSeed(databases);
        await using (var db = await databases.CreateDbContextAsync())
        {
            await db.Feeds.Where(f => f.Covers == "Debian").ExecuteDeleteAsync();
        }

        await seed.AddAsync(new FeedState { Key = "Debian", Covers = "Debian", Status = FeedStatus.Ready, LastSuccessAt = DateTime.UtcNow, NextRunAt = DateTime.UtcNow.AddDays(9) });
        await seed.AdvisoryAsync("DEBIAN-" + Cve, "A buffer overflow in the parser", new { id = "DEBIAN-" + Cve, summary = "A buffer overflow in the parser" });
        await seed.AddAsync(new AffectedPackage { AdvisoryId = "DEBIAN-" + Cve, Ecosystem = "Debian:12", EcosystemBase = "Debian", Name = "openssl" });
        _image = await seed.ImageAsync(await seed.RepositoryAsync("team/app"), "app", latest: true, tag: "1.0");
        var (openssl, zlib) = (await seed.ComponentAsync("openssl", "3.0.1"), await seed.ComponentAsync("zlib", "1.2"));
        await seed.FindingAsync(openssl, Cve, SeverityLevel.Critical, fixedVersion: "3.0.2");
        await seed.FindingAsync(zlib, "CVE-2026-1002", SeverityLevel.High);
        await seed.StepAsync(_image, 0, 0, "ADD rootfs");
        await seed.PackagesAsync(_image, 0, (openssl, "var/lib/dpkg/status"), (zlib, "var/lib/dpkg/status"));
        await using (var db = await databases.CreateDbContextAsync())
        {
            await CountMarks.AddAsync(db, db.Images.Select(i => i.Id), default);
        }

        await _app.Services.GetRequiredService<FindingService>().CountDueAsync(default);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task ARiskIsAcceptedSeenChangedAndEnded()
    {
        await using var browser = await Browser.StartAsync();
        await using var visit = await browser.VisitAsync(_app.Address);
        var page = visit.Page;
        await SignInAsync(page);
        await page.GotoAsync("/exceptions");
        await page.GetByText("No exceptions yet").WaitForAsync();
        await Stage.ShootAsync(visit, "exceptions-empty");

        await CreateAsync(visit);
        await page.GotoAsync("/vulnerabilities");
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = Cve })).ToContainTextAsync("Accepted");
        await page.GotoAsync($"/vulnerabilities/{Cve}");
        await page.GetByText("There is 1 exception on it.").WaitForAsync();
        await Stage.ShootAsync(visit, "vulnerability-accepted");

        await page.GetByRole(AriaRole.Link, new() { Name = "See exceptions" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = $"On {Cve}" }).ClickAsync();
        await page.WaitForURLAsync("**/exceptions");
        var row = page.GetByRole(AriaRole.Row, new() { Name = Cve });
        await Expect(row).ToContainTextAsync("1 finding in 1 image");
        await Stage.ShootAsync(visit, "exceptions");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Edit the exception for {Cve}" }).ClickAsync();
        await page.GetByLabel("Last day (UTC)").FillAsync(DateTime.UtcNow.AddDays(5).ToString("yyyy-MM-dd", null));
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(row).ToContainTextAsync("Expires soon");
        await page.GotoAsync("/");
        await page.GetByText("1 exception expires within 14 days").WaitForAsync();
        await Stage.ShootAsync(visit, "overview-exceptions");

        await page.GotoAsync("/exceptions");
        await page.GetByRole(AriaRole.Button, new() { Name = $"End the exception for {Cve}" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End exception" }).ClickAsync();
        await Expect(row).ToContainTextAsync("ended by ada");
        await page.GotoAsync($"/images/{_image}");
        await Expect(Bar(page)).ToHaveTextAsync("1C1H0M0L");
        await Expect(page.GetByText("1 accepted")).ToHaveCountAsync(0);

        Assert.True(visit.ConsoleErrors.Count == 0, string.Join('\n', visit.ConsoleErrors));
        Assert.True(visit.Faults.Count == 0, string.Join('\n', visit.Faults));
    }

    [Fact]
    public async Task WhatTheDatabaseDoesNotAnswerIsToldAndTriedAgain()
    {
        await using var browser = await Browser.StartAsync();
        await using var visit = await browser.VisitAsync(_app.Address);
        var page = visit.Page;
        await SignInAsync(page);
        await CreateAsync(visit);

        await SpoilAsync();
        await page.GotoAsync("/exceptions");
        await page.GetByText("The exceptions can't be read").WaitForAsync();
        await Stage.ShootAsync(visit, "exceptions-failed");
        await MendAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again" }).ClickAsync();
        var edit = page.GetByRole(AriaRole.Button, new() { Name = $"Edit the exception for {Cve}" });
        await edit.ClickAsync();
        await page.GetByLabel("Additional details").FillAsync("It is rebuilt on Monday.");

        await SpoilAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByText("The database did not answer, so nothing was saved.").WaitForAsync();
        await Expect(page.GetByLabel("Additional details")).ToHaveValueAsync("It is rebuilt on Monday.");
        await Stage.ShootAsync(visit, "exception-dialog-failed");
        await MendAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = Cve })).ToContainTextAsync("It is rebuilt on Monday.");

        // While one edits, another does.
        await edit.ClickAsync();
        await page.GetByLabel("Additional details").FillAsync("It is rebuilt on Tuesday.");
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync())
        {
            await db.Exceptions.ExecuteUpdateAsync(set => set.SetProperty(e => e.Details, "It is not reachable.").SetProperty(e => e.ChangedBy, "grace").SetProperty(e => e.ChangedAt, DateTime.UtcNow));
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.GetByText("grace changed it at").WaitForAsync();
        await Stage.ShootAsync(visit, "exception-overtaken");
        await page.GetByRole(AriaRole.Button, new() { Name = "Look again" }).ClickAsync();
        await page.GetByText("It is not reachable.").WaitForAsync();
        await Stage.ShootAsync(visit, "exception-overtaken-seen");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row, new() { Name = Cve })).ToContainTextAsync("It is rebuilt on Tuesday.");

        await page.GetByRole(AriaRole.Button, new() { Name = $"End the exception for {Cve}" }).ClickAsync();
        await SpoilAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "End exception" }).ClickAsync();
        await page.GetByText("was not ended. Try again.").WaitForAsync();
        await Stage.ShootAsync(visit, "exception-end-failed");
        await MendAsync();

        Assert.True(visit.ConsoleErrors.Count == 0, string.Join('\n', visit.ConsoleErrors));
        Assert.True(visit.Faults.Count == 0, string.Join('\n', visit.Faults));
    }

    private Task SpoilAsync() => RunAsync("ALTER TABLE \"Exceptions\" RENAME TO \"Away\"");

    private Task MendAsync() => RunAsync("ALTER TABLE \"Away\" RENAME TO \"Exceptions\"");

    private async Task RunAsync(string sql)
    {
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<ScoutDb>>().CreateDbContextAsync();
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(ScoutApp.UserName);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(ScoutApp.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
    }

    // By the keyboard alone, once the dialog is open.
    private async Task CreateAsync(Visit visit)
    {
        var page = visit.Page;
        await page.GotoAsync($"/images/{_image}");
        await Expect(Bar(page)).ToHaveTextAsync("1C1H0M0L");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Details of {Cve}" }).ClickAsync();
        var create = page.GetByRole(AriaRole.Button, new() { Name = $"Create exception for {Cve} in openssl" });
        await create.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("It covers 1 finding in 1 image, 1 of them latest.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).ClickAsync();
        await page.GetByText("Say why").WaitForAsync();
        await page.GetByLabel("Additional details").FillAsync(Hostile);
        await page.GetByLabel("Scope", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Label = "All images in my organization" });
        await Expect(page.GetByText("It covers 1 finding in 1 image, 1 of them latest.")).ToBeVisibleAsync();
        await Stage.ShootAsync(visit, "exception-dialog");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(Bar(page)).ToHaveTextAsync("0C1H0M0L1 accepted");
        await Expect(page.Locator(".image-facts .severity-accepted")).ToHaveTextAsync("1 accepted");
        await Expect(page.GetByText("<img src=x onerror=alert(1)> no path \\u202eleads there")).ToBeVisibleAsync();
        await Expect(page.Locator("img[src=x]")).ToHaveCountAsync(0);
        await Stage.ShootAsync(visit, "image-accepted");
    }

    private static ILocator Bar(IPage page) => page.Locator(".image-facts .severity-numbers").First;
}
