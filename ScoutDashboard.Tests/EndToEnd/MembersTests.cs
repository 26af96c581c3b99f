using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ScoutDashboard.Tests.EndToEnd;

/// <summary>Two people and a program, in real browsers: invited, let in, kept out, written down.</summary>
[Collection("end to end")]
public sealed class MembersTests
{
    [Fact]
    public async Task AnInvitedViewerIsLetInKeptOutOfWhatIsNotTheirsAndSignedOut()
    {
        await using var stage = await Stage.SetAsync();
        await using var administrator = await stage.SetUpAsync();
        var page = administrator.Page;
        await page.GotoAsync("/settings/members");
        await page.GetByLabel("For whom").FillAsync("Vic");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a link" }).ClickAsync();
        var link = await page.Locator(".code-frame code").First.InnerTextAsync();
        await Stage.ShootAsync(administrator, "members");

        await using var viewer = await stage.Browser.VisitAsync(stage.App.Address);
        await viewer.Page.GotoAsync(link);
        await Stage.ShootAsync(viewer, "join");
        await viewer.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("vic");
        await viewer.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Stage.Password);
        await viewer.Page.GetByLabel("Password again").FillAsync(Stage.Password);
        await viewer.Page.Keyboard.PressAsync("Enter");
        await viewer.Page.GetByRole(AriaRole.Heading, new() { Name = "Overview" }).WaitForAsync();
        await Expect(viewer.Page.GetByRole(AriaRole.Link, new() { Name = "Members" })).ToHaveCountAsync(0);
        await viewer.Page.GotoAsync("/settings/account");
        await Expect(viewer.Page.GetByText("This browser")).ToBeVisibleAsync();
        await Stage.ShootAsync(viewer, "account");
        // The browser itself calls a page with this status an error.
        Assert.Empty(viewer.ConsoleErrors);
        await viewer.Page.GotoAsync("/settings/members");
        await viewer.Page.GetByRole(AriaRole.Heading, new() { Name = "Your role does not allow this" }).WaitForAsync();
        await Stage.ShootAsync(viewer, "forbidden");

        await page.GotoAsync("/settings/api-keys");
        await page.GetByLabel("Name").FillAsync("build");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a key" }).ClickAsync();
        await Expect(page.Locator(".code-frame code").First).ToContainTextAsync("scout_");
        await Stage.ShootAsync(administrator, "api-keys");

        await page.GotoAsync("/settings/members");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out vic everywhere" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Sign out vic everywhere" })).ToBeDisabledAsync();
        await viewer.Page.GotoAsync("/");
        await viewer.Page.GetByRole(AriaRole.Heading, new() { Name = "Sign in" }).WaitForAsync();

        await page.GotoAsync("/settings/audit?action=InvitationAccepted");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Invitation accepted" });
        await Expect(row).ToContainTextAsync("Viewer, invited by ada");
        await Stage.ShootAsync(administrator, "audit-log");
        Assert.Empty(administrator.ConsoleErrors);
        Assert.True(administrator.Faults.Count + viewer.Faults.Count == 0, string.Join('\n', administrator.Faults.Concat(viewer.Faults)));
    }
}
