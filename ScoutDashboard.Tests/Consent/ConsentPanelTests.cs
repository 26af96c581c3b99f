using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Azure;
using ScoutDashboard.Consent;
using ScoutDashboard.Images;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Consent;

/// <summary>What a page offers and tells of consents, and to whom.</summary>
public sealed class ConsentPanelTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;

    [Fact]
    public async Task WhoSignedInAtTheIssuerGoesThereFromThisPage()
    {
        await SignInAtIssuerAsync();
        var page = Show(_arm.Consenting(new HastyClock()));

        Press(page, "Act in Azure as me");

        await page.WaitForAssertionAsync(() => Assert.Contains(ConsentOffer.Path, Navigation.Uri, StringComparison.Ordinal), Limit);
        Assert.True(Navigation.History.First().Options.ForceLoad);
    }

    [Fact]
    public async Task WhoConsentedSeesAsWhomTheyActUntilWhenAndStops()
    {
        await _room.ConsentAsync(TestActor.Administrator, TestSecrets.Of("person's token"));
        var page = Show(_arm.Consenting(new HastyClock()));
        Assert.Contains("ada@contoso.example", page.Markup, StringComparison.Ordinal);
        Assert.Contains("until 13:00 UTC", page.Markup, StringComparison.Ordinal);
        Assert.Contains("rotates no token on its day", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(TestSecrets.Of("person's token"), page.Markup, StringComparison.Ordinal);

        Press(page, "Stop acting as me");

        await page.WaitForAssertionAsync(() => Assert.True(Navigation.History.First().Options.ForceLoad), Limit);
        await using var db = _room.Database.CreateDbContext();
        Assert.False(await db.AzureConsents.AnyAsync());
    }

    [Fact]
    public void WhoHasAPasswordHereIsToldWhoCould()
    {
        var page = Show(_arm.Consenting(new HastyClock()));

        Assert.Empty(page.FindAll("button"));
        Assert.Contains("Who signs in with Contoso can let it act with their rights.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoseOnlyLoginIsOfAnotherIssuerIsToldWhoCould()
    {
        await SignInAtIssuerAsync();

        var page = Show(_arm.Consenting(new HastyClock(), "https://login.microsoftonline.com/33333333-3333-3333-3333-333333333333/v2.0"));

        Assert.Empty(page.FindAll("button"));
        Assert.Contains("Who signs in with Contoso can let it act with their rights.", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the token ends")]
    [InlineData("stopped in another tab")]
    [InlineData("signed out in another tab")]
    public async Task WhatEndsElsewhereIsSeenOnThePageThatIsOpen(string end)
    {
        await _room.ConsentAsync(TestActor.Administrator, TestSecrets.Of("person's token"), end == "the token ends" ? _room.Clock.GetUtcNow().UtcDateTime + ConsentPanel.Interval : null);
        var page = Show(_arm.Consenting(new HastyClock()));
        Assert.Contains("ada@contoso.example", page.Markup, StringComparison.Ordinal);
        await (end == "stopped in another tab" ? _room.Consents.EndAsync(TestActor.Administrator, default) : Task.CompletedTask);
        await using (var db = _room.Database.CreateDbContext())
        {
            await (end == "signed out in another tab" ? db.Sessions.Where(s => s.Id == TestActor.Administrator.SessionId).ExecuteDeleteAsync() : Task.FromResult(0));
        }

        _room.Clock.Advance(ConsentPanel.Interval);

        await page.WaitForAssertionAsync(() => Assert.Contains("Your consent has ended", page.Find("[role=status]").TextContent, StringComparison.Ordinal), Limit);
        Assert.DoesNotContain("ada@contoso.example", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsGivenInAnotherTabIsSeenAsWell()
    {
        await SignInAtIssuerAsync();
        var page = Show(_arm.Consenting(new HastyClock()));
        await _room.ConsentAsync(TestActor.Administrator, TestSecrets.Of("person's token"));

        _room.Clock.Advance(ConsentPanel.Interval);

        await page.WaitForAssertionAsync(() => Assert.Contains("ada@contoso.example", page.Markup, StringComparison.Ordinal), Limit);
    }

    [Fact]
    public async Task WhatWentWrongIsAlsoToldToWhoActsAlready()
    {
        await _room.ConsentAsync(TestActor.Administrator, TestSecrets.Of("person's token"));

        var page = Show(_arm.Consenting(new HastyClock()), address: "/integrations/acr?azure=OtherAccount");

        Assert.Contains("Another account consented", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Contains("ada@contoso.example", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OtherAccount", "Another account consented")]
    [InlineData("Refused", "Azure Service Management, user_impersonation")]
    [InlineData("Late", "It took too long")]
    [InlineData("Unreachable", "can't be reached")]
    [InlineData("Failed", "gave no consent that could be used")]
    public async Task WhatWentWrongIsToldWithWhatToDo(string problem, string text)
    {
        await SignInAtIssuerAsync();

        var page = Show(_arm.Consenting(new HastyClock()), address: $"/integrations/acr?azure={problem}");

        Assert.Contains(text, page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Contains("Act in Azure as me", page.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>")]
    [InlineData("Given")]
    [InlineData("99")]
    public void WhatNobodyToldIsNotShown(string problem) =>
        Assert.Empty(Show(_arm.Consenting(new HastyClock()), address: $"/integrations/acr?azure={Uri.EscapeDataString(problem)}").FindAll("[role=alert]"));

    [Theory]
    [InlineData(MemberRole.Viewer)]
    [InlineData(MemberRole.Editor)]
    public void NobodyElseIsOfferedAnything(MemberRole role)
    {
        var page = Show(_arm.Consenting(new HastyClock()), role);

        Assert.Equal("", page.Markup.Trim());
    }

    [Fact]
    public async Task NeitherWithAnIdentityNorWithoutTheSettingIsThereAnythingToOffer()
    {
        await SignInAtIssuerAsync();

        Assert.Equal("", Show(_arm.Clients(new HastyClock())).Markup.Trim());
    }

    [Fact]
    public async Task WithoutTheSettingNothingChanges()
    {
        await SignInAtIssuerAsync();

        Assert.Equal("", Show(null).Markup.Trim());
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync();
        _arm = await ArmDouble.StartAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
    }

    private BunitNavigationManager Navigation => (BunitNavigationManager)Services.GetRequiredService<NavigationManager>();

    private async Task SignInAtIssuerAsync()
    {
        await _room.ConsentAsync(TestActor.Administrator, TestSecrets.Of("person's token before"));
        await _room.Consents.EndAsync(TestActor.Administrator, default);
    }

    private IRenderedComponent<ConsentPanel> Show(ArmClients? azure, MemberRole role = MemberRole.Administrator, string address = "/integrations/acr")
    {
        Services.AddLogging().AddLocalization().AddMudServices();
        _room.AddConsent(Services, azure);
        this.SignInAs(role);
        Navigation.NavigateTo(address);
        return Render<ConsentPanel>();
    }

    private static void Press(IRenderedComponent<ConsentPanel> page, string button) => page.FindAll("button").Single(found => found.TextContent.Trim() == button).Click();
}
