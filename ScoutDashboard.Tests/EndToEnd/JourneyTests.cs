using Microsoft.Playwright;
using ScoutDashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>A person's whole way, in a real browser, with an image pulled from a real registry.</summary>
[Collection("end to end")]
public sealed class JourneyTests
{
    // Wider than a phone, and nowhere to break it.
    private const string BaseRepository = "base/debian_with_everything_that_the_services_need";

    [Fact]
    public async Task FromTheHostnameToTheFindingsOfARealImage()
    {
        await using var stage = await Stage.SetAsync(new() { ["Repositories__ReconcileInterval"] = "00:00:02" });
        stage.Advisories.Add("Debian:12", "scout-sample-src", "DEBIAN-CVE-2026-0001", "1:1.2.13.dfsg-2", "CVE-2026-0001", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "A **bad** fault. <script>alert(1)</script> See [this](javascript:alert(2)).")
            .Add("npm", "lodash", "GHSA-aaaa-bbbb-cccc", "4.17.21", "CVE-2026-0002", "CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L")
            .AddExploitation("CVE-2026-0002", 0.943, 0.999);
        using var layout = new OciLayout();
        layout.Add("one", SampleImage.Of("4.17.20", extraMegabytes: 100));
        layout.Add("two", SampleImage.Of("4.17.21"));
        layout.Add("12", SampleImage.Base());
        await stage.Registry.PushAsync(layout.Folder, "one", "team/app");
        await stage.Registry.PushAsync(layout.Folder, "12", BaseRepository);

        await using var visit = await stage.SetUpAsync();
        var page = visit.Page;
        await Stage.ShootAsync(visit, "overview-empty");
        await stage.ConnectAsync(visit);
        await Stage.ShootAsync(visit, "integrations");

        await Stage.EnableAsync(visit, "team/app");
        await Stage.ShootAsync(visit, "repositories");
        await page.GotoAsync("/images");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "team/app" });
        await Expect(row).ToContainTextAsync("1C", new() { Timeout = 120_000 });
        await Stage.ShootAsync(visit, "images");

        await row.GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "team/app" }).WaitForAsync();
        await Stage.ShootAsync(visit, "repository");
        await page.Locator("a[href*='/images/']").First.ClickAsync();
        await Expect(page.Locator("body")).ToContainTextAsync("CVE-2026-0001");
        await Expect(page.Locator("body")).ToContainTextAsync("CVE-2026-0002");
        await Expect(page.Locator("body")).ToContainTextAsync("1:1.2.13.dfsg-2");
        await Expect(page.Locator("body")).ToContainTextAsync("npm ci --omit=dev");
        var @base = page.GetByRole(AriaRole.Region, new() { Name = "Base image" });
        await Expect(@base).ToContainTextAsync("Not known");
        await Stage.ShootAsync(visit, "image");
        var address = page.Url;

        await page.GotoAsync("/vulnerabilities/CVE-2026-0001");
        await Expect(page.Locator("strong").Filter(new() { HasText = "bad" })).ToBeVisibleAsync();
        Assert.DoesNotContain("javascript:", await page.ContentAsync(), StringComparison.Ordinal);
        await Stage.ShootAsync(visit, "vulnerability");
        foreach (var (path, name) in new[] { ("/vulnerabilities", "vulnerabilities"), ("/packages", "packages"), ("/", "overview"), ("/jobs", "jobs"), ("/settings", "settings"), ("/settings/feeds", "feeds"), ("/settings/system", "system"), ("/about", "about"), ("/integrations/acr/1", "registry"),
            ("/changes", "changes-empty"), (With(address, "changes"), "image-changes-empty"), (With(address, "attestations"), "image-attestations-empty"), (With(address, "packages"), "image-packages") })
        {
            await page.GotoAsync(path);
            await page.GetByRole(AriaRole.Heading).First.WaitForAsync();
            await page.WaitForLoadStateAsync(LoadState.NetworkIdle);
            await Stage.ShootAsync(visit, name);
        }

        // The open page tells of the base as soon as that is analysed.
        await Stage.EnableAsync(visit, BaseRepository);
        await page.GotoAsync(address);
        await Expect(@base).ToContainTextAsync($"{BaseRepository}:12", new() { Timeout = 120_000 });
        await Expect(@base.Locator(".severity-bar")).ToHaveCountAsync(2);
        await Expect(page.GetByText("This image's own layers", new() { Exact = true })).ToBeVisibleAsync();
        await Stage.ShootAsync(visit, "image-base");

        // By keyboard alone: from the search into the list, down, up, and open.
        await page.GotoAsync("/packages");
        await page.GetByRole(AriaRole.Link, new() { Name = "lodash" }).WaitForAsync();
        await page.GetByPlaceholder("Search packages").FocusAsync();
        foreach (var key in new[] { "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp" })
        {
            await page.Keyboard.PressAsync(key);
        }

        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "lodash" }).WaitForAsync();
        await Stage.ShootAsync(visit, "package");

        // No event can arrive here: the push is found by looking.
        await stage.Registry.PushAsync(layout.Folder, "two", "team/app");
        await page.GotoAsync("/images");
        await Expect(row).ToContainTextAsync("two", new() { Timeout = 120_000 });
        await Expect(row).ToContainTextAsync("1C0H0M", new() { Timeout = 120_000 });
        await page.GotoAsync("/changes");
        var change = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "CVE-2026-0002" });
        await Expect(change).ToContainTextAsync("Gone");
        await Expect(change).ToContainTextAsync("Image changed");
        await Stage.ShootAsync(visit, "changes");

        Assert.Equal("", string.Join("\n", visit.ConsoleErrors));
        Assert.True(visit.Faults.Count == 0, string.Join('\n', visit.Faults));
        var session = (await page.Context.CookiesAsync()).Single(cookie => cookie.Name == "scout-session").Value;
        var received = visit.Received;
        Assert.True(SecretForms.Holds(received, "CVE-2026-0002"), "What the circuits sent was not seen.");
        Assert.All([RegistryHost.Password, Stage.Password, SampleImage.Secret, session], secret => Assert.False(SecretForms.Holds(received, secret), "A circuit sent a secret to the browser."));
        // The process holds its folder's lock while it runs.
        await stage.App.KillAsync();
        Assert.False(SampleImage.Holds(stage.App.DataDirectory, SampleImage.Secret), "The value of an environment variable was stored.");
        Assert.False(SampleImage.Holds(stage.App.DataDirectory, RegistryHost.Password), "The registry token was stored in plain text.");
        Assert.DoesNotContain(RegistryHost.Password, stage.App.Output, StringComparison.Ordinal);
    }

    private static string With(string address, string tab) => $"{new Uri(address).AbsolutePath}?tab={tab}";

    [Fact]
    public async Task AnAzureRegistryWaitsForItsDeploymentAndLeavesRemindersWhenItIsRemoved()
    {
        await using var stage = await Stage.SetAsync();
        await using var visit = await stage.SetUpAsync();
        var page = visit.Page;
        await page.GotoAsync("/integrations/acr/new");
        await page.GetByLabel("Registry hostname").FillAsync("contoso.example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Expect(page.Locator("body")).ToContainTextAsync("azurecr.io");
        await Stage.ShootAsync(visit, "wizard-wrong-hostname");

        await page.GetByLabel("Registry hostname").FillAsync("contosoteam-a1b2c3.azurecr.io");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Expect(page.Locator("body")).ToContainTextAsync("az deployment group create");
        await Expect(page.Locator("body")).ToContainTextAsync("RegistryName=contosoteam");
        await Stage.ShootAsync(visit, "wizard-deploy");

        await page.GotoAsync("/integrations/acr");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "contosoteam-a1b2c3.azurecr.io" });
        await Expect(row).ToContainTextAsync("Waiting for deployment");
        await Expect(row.GetByText("Resume setup")).ToBeVisibleAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Stage.ShootAsync(visit, "remove");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();

        await Expect(page.Locator("body")).ToContainTextAsync("docker-scout-readonly-token");
        await Expect(page.Locator("body")).ToContainTextAsync("docker-scout-repository");
        await Stage.ShootAsync(visit, "reminders");
        await page.GotoAsync("/");
        await Expect(page.Locator("body")).ToContainTextAsync("docker-scout-readonly-token");
        Assert.Empty(visit.ConsoleErrors);
        Assert.True(visit.Faults.Count == 0, string.Join('\n', visit.Faults));
    }
}

/// <summary>Real processes and browsers one after the other: two cores are soon busy.</summary>
[CollectionDefinition("end to end", DisableParallelization = true)]
public sealed class EndToEndDefinition;
