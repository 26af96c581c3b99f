using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>A person who adds a passkey and signs in by it, in a real browser with an authenticator of its own (WebAuthn Level 3 section 11, by the DevTools protocol).</summary>
[Collection("end to end")]
public sealed class PasskeyTests
{
    [Fact]
    public async Task APersonAddsAPasskeySignsInByItAndRemovesIt()
    {
        await using var stage = await Stage.SetAsync();
        await using (await stage.SetUpAsync())
        {
        }

        // A passkey holds for a name, never for an address in figures.
        await using var visit = await stage.Browser.VisitAsync(new UriBuilder(stage.App.Address) { Host = "localhost" }.Uri);
        var page = visit.Page;
        var debugger = await visit.Context.NewCDPSessionAsync(page);
        await debugger.SendAsync("WebAuthn.enable");
        var made = await debugger.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = false },
        });
        var device = made!.Value.GetProperty("authenticatorId").GetString()!;
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name").FillAsync("ada");
        await page.GetByLabel("Password").FillAsync(Stage.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
        await TouchAsync(debugger, device, true);
        await page.GotoAsync("/settings/account");
        await page.GetByLabel("Your password, to add").FillAsync(Stage.Password);
        await page.GetByLabel("Name of a new passkey").FillAsync("ring");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("Name of the passkey ring")).ToHaveValueAsync("ring");
        await Stage.ShootAsync(visit, "passkeys");

        // Untouched, the device lets the page wait, and the button asks it anew.
        await TouchAsync(debugger, device, false);
        await visit.Context.ClearCookiesAsync();
        await page.GotoAsync("/sign-in?returnUrl=%2Fsettings%2Faccount");
        await Stage.ShootAsync(visit, "sign-in-passkey");
        await TouchAsync(debugger, device, true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await page.GetByLabel("Name of the passkey ring").WaitForAsync();

        // Chosen from the list of the name's field, which the device does by itself here.
        await visit.Context.ClearCookiesAsync();
        await page.GotoAsync("/sign-in?returnUrl=%2Fsettings%2Faccount");
        await page.GetByLabel("Name of the passkey ring").WaitForAsync();

        await page.GetByLabel("Your password, to add").FillAsync(Stage.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove the passkey ring" }).ClickAsync();
        await Expect(page.GetByLabel("Name of the passkey ring")).ToHaveCountAsync(0);
        await TouchAsync(debugger, device, false);
        await visit.Context.ClearCookiesAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).WaitForAsync();
        await TouchAsync(debugger, device, true);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Expect(page.GetByText("The passkey was not accepted.")).ToBeVisibleAsync();
        // The browser itself calls an answer with this status an error.
        Assert.DoesNotContain(visit.ConsoleErrors, error => !error.Contains("403", StringComparison.Ordinal));
        Assert.True(visit.Faults.Count == 0, string.Join('\n', visit.Faults));
    }

    // Whether its owner touches the device as soon as it asks.
    private static async Task TouchAsync(ICDPSession debugger, string device, bool touches) =>
        await debugger.SendAsync("WebAuthn.setAutomaticPresenceSimulation", new() { ["authenticatorId"] = device, ["enabled"] = touches });
}
