using Microsoft.Playwright;
using ScoutDashboard.Access;
using static Microsoft.Playwright.Assertions;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>A person who sets an authenticator app up and signs in with it, by keyboard, in a real browser.</summary>
[Collection("end to end")]
public sealed class SecondStepTests
{
    [Fact]
    public async Task APersonSetsTheAppUpSignsInByItAndByARecoveryCodeAndTurnsItOff()
    {
        await using var stage = await Stage.SetAsync();
        await using var visit = await stage.SetUpAsync();
        var page = visit.Page;
        await page.GotoAsync("/settings/account");
        await page.GetByLabel("Your password", new() { Exact = true }).FillAsync("not the password of ada");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("The password is wrong.")).ToBeVisibleAsync();
        await page.GetByLabel("Your password", new() { Exact = true }).FillAsync(Stage.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Img, new() { Name = "The key as a picture" }).WaitForAsync();
        await Stage.ShootAsync(visit, "second-step-key");
        var key = Decode(await page.Locator(".code-frame code").InnerTextAsync());
        await page.GetByLabel("Code", new() { Exact = true }).FillAsync(TimeCode.CodeAt(key, DateTimeOffset.UtcNow));
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "I have kept them" }).WaitForAsync();
        var codes = (await page.Locator(".code-frame code").InnerTextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(SecondStepService.RecoveryCodes, codes.Length);
        await Stage.ShootAsync(visit, "second-step-codes");
        await page.GetByRole(AriaRole.Button, new() { Name = "I have kept them" }).ClickAsync();
        await Expect(page.GetByText("10 recovery codes are left.")).ToBeVisibleAsync();
        await Stage.ShootAsync(visit, "second-step-on");
        await page.GotoAsync("/settings/members");
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "ada" })).ToContainTextAsync("Second step");
        await Stage.ShootAsync(visit, "members-second-step");

        await using (var another = await stage.Browser.VisitAsync(stage.App.Address))
        {
            await PasswordAsync(another.Page);
            await Stage.ShootAsync(another, "sign-in-code");
            // The code that confirmed the key was used; the next one counts already.
            await another.Page.Keyboard.TypeAsync(TimeCode.CodeAt(key, DateTimeOffset.UtcNow.AddSeconds(30)));
            await another.Page.Keyboard.PressAsync("Enter");
            await another.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
            Assert.Empty(another.ConsoleErrors);
            visit.Faults.AddRange(another.Faults);
        }

        await using (var lost = await stage.Browser.VisitAsync(stage.App.Address))
        {
            await PasswordAsync(lost.Page);
            await lost.Page.GetByRole(AriaRole.Link, new() { Name = "Use a recovery code" }).ClickAsync();
            await lost.Page.GetByLabel("Recovery code").FillAsync(codes[0]);
            await lost.Page.Keyboard.PressAsync("Enter");
            await lost.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
        }

        await page.GotoAsync("/settings/account");
        await Expect(page.GetByText("9 recovery codes are left.")).ToBeVisibleAsync();
        await page.GetByLabel("Your password", new() { Exact = true }).FillAsync(Stage.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn off the second step" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Set up an authenticator app" })).ToBeVisibleAsync();
        Assert.Empty(visit.ConsoleErrors);
        Assert.True(visit.Faults.Count == 0, string.Join('\n', visit.Faults));
    }

    private static async Task PasswordAsync(IPage page)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Name").FillAsync("ada");
        await page.GetByLabel("Password").FillAsync(Stage.Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("Code", new() { Exact = true })).ToBeFocusedAsync();
    }

    // RFC 4648 section 6, as an app reads what a person types.
    private static byte[] Decode(string text)
    {
        var bits = string.Concat(text.Where(char.IsAsciiLetterOrDigit).Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(index => Convert.ToByte(bits.Substring(index * 8, 8), 2))];
    }
}
