using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using ScoutDashboard.Tests.EndToEnd;
using ScoutDashboard.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace ScoutDashboard.Tests.Consent;

/// <summary>A person who lets the dashboard act in Azure as them, in a real browser: offered, given, used, withdrawn.</summary>
[Collection("end to end")]
public sealed class ConsentBrowserTests : ConsentRig
{
    private static readonly LocatorAssertionsToContainTextOptions Patient = new() { Timeout = 60_000 };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        App.Settings["Scout:PublicUrl"] = "https://scout.example.com";
        App.Settings["AllowedHosts"] = "*";
        App.Listen();
        await App.SetUpAsync();
    }

    [Fact]
    public async Task ARegistryIsFoundAndDeployedAsThePersonUntilTheyStop()
    {
        await using var browser = await Browser.StartAsync();
        await using var visit = await browser.VisitAsync(App.Address);
        var page = visit.Page;
        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Contoso" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();

        Issuer.Refusal = "consent_required";
        await page.GotoAsync("/integrations/acr/new");
        await page.GetByRole(AriaRole.Button, new() { Name = "Act in Azure as me" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("user_impersonation", Patient);
        await Stage.ShootAsync(visit, "consent-refused");
        Issuer.Refusal = null;
        await page.GetByRole(AriaRole.Button, new() { Name = "Act in Azure as me" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("grace@contoso.example", Patient);
        await page.GetByRole(AriaRole.Button, new() { Name = "Choose contoso.azurecr.io" }).ClickAsync();
        await Stage.ShootAsync(visit, "consent-given");

        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Before you deploy" })).ToHaveAttributeAsync("aria-busy", "false");
        await page.GetByRole(AriaRole.Button, new() { Name = "Deploy", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Everything is made.", Patient);
        await Stage.ShootAsync(visit, "consent-deployed");

        await page.GetByRole(AriaRole.Button, new() { Name = "Stop acting as me" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("had the dashboard deploy this", Patient);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Deploy", Exact = true })).ToHaveCountAsync(0);
        await Stage.ShootAsync(visit, "consent-stopped");

        await using var db = await DatabaseAsync();
        Assert.False(await db.AzureConsents.AnyAsync());
        Assert.Equal(Assert.Single(Issuer.Given), Assert.Single(Arm.Shown.Distinct()));
        Assert.True(visit.ConsoleErrors.Count == 0, string.Join('\n', visit.ConsoleErrors));
        Assert.True(visit.Faults.Count == 0, string.Join('\n', visit.Faults));
        var received = visit.Received;
        Assert.True(SecretForms.Holds(received, "grace@contoso.example"), "What the circuits sent was not seen.");
        Assert.All(Issuer.Given, token => Assert.False(SecretForms.Holds(received, token), "A circuit sent the token to the browser."));
    }
}
