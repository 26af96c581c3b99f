using Bunit;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Watch;

/// <summary>What the pages show of differences in Azure, and who may mend them.</summary>
public sealed class WatchPanelTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private RotationRig _rig = null!;

    [Fact]
    public async Task ADifferenceIsFoundShownAndMendedByItsButton()
    {
        var page = await RenderAsync();
        Assert.Contains("Azure was not asked yet", page.Markup, StringComparison.Ordinal);

        _rig.Arm.World.Find(_rig.TokenId)!["properties"]!["status"] = "disabled";
        await ClickAsync(page, "Check now");
        await page.WaitForAssertionAsync(() => Assert.Contains("is disabled: the registry can't be read.", page.Markup, StringComparison.Ordinal), Limit);
        Assert.DoesNotContain("Unchanged", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Changed in Azure", Render<IntegrationsPage>().Markup, StringComparison.Ordinal);
        await ClickAsync(page, "Enable the token");
        await page.WaitForAssertionAsync(() => Assert.Contains("Unchanged", page.Markup, StringComparison.Ordinal), Limit);

        Assert.DoesNotContain("Changed in Azure", Render<IntegrationsPage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCouldNotBeAskedIsNotShownAsUnchanged()
    {
        var page = await RenderAsync();
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "GET", 403);

        await ClickAsync(page, "Check now");
        await page.WaitForAssertionAsync(() => Assert.Contains("Not all could be asked:", page.Markup, StringComparison.Ordinal), Limit);

        Assert.DoesNotContain("Unchanged", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Azure not asked", Render<IntegrationsPage>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNotMendedIsToldBesideIt()
    {
        _rig.Arm.World.Find(_rig.TokenId)!["properties"]!["status"] = "disabled";
        await _rig.Room.Watch(_rig.Clients).CheckAsync(TestActor.Administrator, _rig.Id, default);
        var page = await RenderAsync();
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "PATCH", 403);

        await ClickAsync(page, "Enable the token");
        await page.WaitForAssertionAsync(() => Assert.Contains("may not do this", page.Find(".mud-alert[role=alert]").TextContent, StringComparison.Ordinal), Limit);

        Assert.False(page.FindAll("button").Single(button => button.TextContent.Trim() == "Enable the token").HasAttribute("disabled"));
    }

    [Fact]
    public async Task WhatNoButtonMendsSaysWhatDoes()
    {
        _rig.Arm.World.ScopeMapActions = [];
        await _rig.Room.Watch(_rig.Clients).CheckAsync(TestActor.Administrator, _rig.Id, default);

        var page = await RenderAsync();

        var difference = page.Find("ul[aria-label='What differs'] li");
        Assert.Contains("give it under Replace token.", difference.TextContent, StringComparison.Ordinal);
        Assert.Empty(difference.QuerySelectorAll("button"));
        Assert.Contains(page.FindAll("h2"), title => title.TextContent == "Replace token");
    }

    [Theory]
    [InlineData(MemberRole.Viewer)]
    [InlineData(MemberRole.Editor)]
    public async Task WhoIsNoAdministratorSeesWhatDiffersButCanNotMendIt(MemberRole role)
    {
        _rig.Arm.World.Find(_rig.TokenId)!["properties"]!["status"] = "disabled";
        await _rig.Room.Watch(_rig.Clients).CheckAsync(TestActor.Administrator, _rig.Id, default);
        this.SignInAs(role);

        var page = await RenderAsync();

        Assert.Contains("is disabled: the registry can't be read.", page.Markup, StringComparison.Ordinal);
        Assert.All(["Check now", "Enable the token"], text => Assert.DoesNotContain(text, page.Markup, StringComparison.Ordinal));
    }

    public async Task InitializeAsync()
    {
        _rig = await RotationRig.StartAsync(publicUrl: null);
        await _rig.StoreAsync("password1", null);
        JSInterop.Mode = JSRuntimeMode.Loose;
        _rig.Room.AddPage(Services, _rig.Clients);
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }

    private async Task<IRenderedComponent<RegistryPage>> RenderAsync()
    {
        var page = Render<RegistryPage>(p => p.Add(registry => registry.Id, _rig.Id));
        await page.WaitForAssertionAsync(() => Assert.Contains("In Azure", page.Markup, StringComparison.Ordinal), Limit);
        return page;
    }

    private static Task ClickAsync(IRenderedComponent<RegistryPage> page, string text) =>
        page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent.Trim() == text).ClickAsync(new()));
}
