using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Cleanup;

/// <summary>The page of integrations where the dashboard may delete in Azure.</summary>
public sealed class CleanupPagesTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private CleanupRoom _room = null!;
    private IRenderedComponent<MudDialogProvider> _dialogs = null!;

    [Fact]
    public async Task RemovingShowsThePlanAsksForTheNameAndDeletesWithProgress()
    {
        var page = Show();
        Click(page, "Remove");
        await _dialogs.WaitForAssertionAsync(() => Assert.Equal(3, _dialogs.FindAll(".check-list li").Count), Limit);
        Assert.All(["Delete", "image-change", "docker-scout-repository", "docker-scout-readonly-token", "resource group rg1"], text => Assert.Contains(text, _dialogs.Markup, StringComparison.Ordinal));
        Assert.False(Button(_dialogs, "Remove").HasAttribute("disabled"));

        _dialogs.Find("input[type=checkbox]").Change(true);
        await _dialogs.WaitForAssertionAsync(() => Assert.True(Button(_dialogs, "Remove").HasAttribute("disabled")), Limit);
        _dialogs.Find(".cleanup-name input").Input("contos");
        await _dialogs.WaitForAssertionAsync(() => Assert.True(Button(_dialogs, "Remove").HasAttribute("disabled")), Limit);
        _dialogs.Find(".cleanup-name input").Input("Contoso");
        await _dialogs.WaitForAssertionAsync(() => Assert.False(Button(_dialogs, "Remove").HasAttribute("disabled")), Limit);
        Assert.Equal(3, _room.Left.Count);
        Click(_dialogs, "Remove");

        await _dialogs.WaitForAssertionAsync(() => Assert.Contains("All of it is gone.", _dialogs.Markup, StringComparison.Ordinal), Limit);
        Assert.Equal(["Gone", "Gone", "Gone"], _dialogs.FindAll(".check-list .status-chip").Select(chip => chip.TextContent.Trim()));
        Assert.Empty(_room.Left);
        Click(_dialogs, "Close");
        await page.WaitForAssertionAsync(() => Assert.Contains("No registry is connected", page.Markup, StringComparison.Ordinal), Limit);
        Assert.Empty(page.FindAll(".reminders"));
    }

    [Fact]
    public async Task OfWhatIsGoneAlreadyNothingIsSaidToStay()
    {
        foreach (var id in new[] { _room.Subscription, _room.Topic, _room.Token })
        {
            _room.Arm.World.Resources.Remove(id);
        }

        var page = Show();
        Click(page, "Remove");
        await _dialogs.WaitForAssertionAsync(() => Assert.Equal(3, _dialogs.FindAll(".check-list li").Count), Limit);

        Assert.Contains("Gone already", _dialogs.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("What stays", _dialogs.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutTheTickItIsRemovedHereOnlyAndTheRemindersOfferTheRest()
    {
        var page = Show();
        Click(page, "Remove");
        await _dialogs.WaitForAssertionAsync(() => Assert.Equal(3, _dialogs.FindAll(".check-list li").Count), Limit);
        Click(_dialogs, "Remove");
        await page.WaitForAssertionAsync(() => Assert.Equal(2, page.FindAll(".reminders li").Count), Limit);
        Assert.Equal(3, _room.Left.Count);

        _room.Refuse((method, path) => method == "DELETE" && path.EndsWith(AzureNames.Token, StringComparison.Ordinal), 403, "AuthorizationFailed");
        Click(page, "Delete in Azure: contoso.azurecr.io");
        await _dialogs.WaitForAssertionAsync(() => Assert.NotEmpty(_dialogs.FindAll(".cleanup-name input")), Limit);
        Assert.True(Button(_dialogs, "Delete").HasAttribute("disabled"));
        _dialogs.Find(".cleanup-name input").Input("contoso");
        await _dialogs.WaitForAssertionAsync(() => Assert.False(Button(_dialogs, "Delete").HasAttribute("disabled")), Limit);
        Click(_dialogs, "Delete");
        await _dialogs.WaitForAssertionAsync(() => Assert.Contains("What is left stays as it is.", _dialogs.Markup, StringComparison.Ordinal), Limit);
        Click(_dialogs, "Close");
        await page.WaitForAssertionAsync(() => Assert.Contains("Give the dashboard's identity the role", page.Find(".reminders li .check-detail").TextContent, StringComparison.Ordinal), Limit);
        Assert.Contains("No: AuthorizationFailed", Assert.Single(page.FindAll(".reminders li")).TextContent, StringComparison.Ordinal);
        Assert.Equal([AzureNames.Token], _room.Left);

        _room.Refuse((_, _) => false, 0, "");
        Click(page, "Delete in Azure: contoso.azurecr.io");
        await _dialogs.WaitForAssertionAsync(() => Assert.NotEmpty(_dialogs.FindAll(".cleanup-name input")), Limit);
        _dialogs.Find(".cleanup-name input").Input("contoso");
        await _dialogs.WaitForAssertionAsync(() => Assert.False(Button(_dialogs, "Delete").HasAttribute("disabled")), Limit);
        Click(_dialogs, "Delete");
        await _dialogs.WaitForAssertionAsync(() => Assert.Contains("All of it is gone.", _dialogs.Markup, StringComparison.Ordinal), Limit);
        Click(_dialogs, "Close");
        await page.WaitForAssertionAsync(() => Assert.Empty(page.FindAll(".reminders")), Limit);
    }

    [Fact]
    public async Task AzureThatCannotBeAskedKeepsNobodyFromRemoving()
    {
        _room.Refuse((_, _) => true, 403, "AuthorizationFailed");
        var page = Show();
        Click(page, "Remove");
        await _dialogs.WaitForAssertionAsync(() => Assert.Contains("it can be deleted later, by the reminders", _dialogs.Markup, StringComparison.Ordinal), Limit);
        Click(_dialogs, "Remove");
        await page.WaitForAssertionAsync(() => Assert.Equal(2, page.FindAll(".reminders li").Count), Limit);

        Click(page, "Delete in Azure: contoso.azurecr.io");
        await _dialogs.WaitForAssertionAsync(() => Assert.Contains("Azure could not be asked what is there", _dialogs.Markup, StringComparison.Ordinal), Limit);
        _room.Refuse((_, _) => false, 0, "");
        Click(_dialogs, "Try again");
        await _dialogs.WaitForAssertionAsync(() => Assert.Equal(3, _dialogs.FindAll(".check-list li").Count), Limit);
    }

    [Fact]
    public async Task LeftoversOfDockerScoutAreFoundOnDemandAndTheirHostIsAskedFor()
    {
        var registry = _room.Arm.World.AddRegistry("fabrikam", "rg-images");
        var topic = _room.Arm.World.AddTopic(AzureNames.SystemTopic, registry, "rg-images");
        _room.Arm.World.AddSubscription(topic, AzureNames.EventSubscription, "https://api.scout.docker.com/hooks/acr/some-key");
        var page = Show();
        Assert.Empty(_room.Arm.Calls);

        Click(page, "Look for leftovers");
        await page.WaitForAssertionAsync(() => Assert.Contains("1 found at 2 registries.", page.Markup, StringComparison.Ordinal), Limit);
        Assert.Contains("It sends events to api.scout.docker.com, not to this dashboard.", page.Find(".leftovers").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("some-key", page.Markup, StringComparison.Ordinal);
        Click(page, "Delete in Azure");
        await _dialogs.WaitForAssertionAsync(() => Assert.NotEmpty(_dialogs.FindAll(".cleanup-name input")), Limit);
        _dialogs.Find("input[type=checkbox]").Change(true);
        _dialogs.Find(".cleanup-name input").Input("fabrikam");
        await _dialogs.WaitForAssertionAsync(() => Assert.False(Button(_dialogs, "Delete").HasAttribute("disabled")), Limit);
        Click(_dialogs, "Delete");
        await _dialogs.WaitForAssertionAsync(() => Assert.Contains("All of it is gone.", _dialogs.Markup, StringComparison.Ordinal), Limit);
        Click(_dialogs, "Close");

        await page.WaitForAssertionAsync(() => Assert.Contains("Nothing is left: 2 registries were looked at.", page.Markup, StringComparison.Ordinal), Limit);
        Assert.Null(_room.Arm.World.Find(topic));
        Assert.Equal(3, _room.Left.Count);
    }

    [Theory]
    [InlineData(MemberRole.Viewer)]
    [InlineData(MemberRole.Editor)]
    public async Task WhoIsNoAdministratorIsOfferedNothing(MemberRole role)
    {
        await _room.Room.Removals.RemoveAsync(TestActor.Administrator, _room.Id, eraseResults: false, default);
        this.SignInAs(role);
        var page = Render<IntegrationsPage>();

        Assert.Equal(2, page.FindAll(".reminders li").Count);
        Assert.All(["Delete in Azure:", "Look for leftovers"], text => Assert.DoesNotContain(text, page.Markup, StringComparison.Ordinal));
        Assert.Empty(_room.Arm.Calls);
    }

    public async Task InitializeAsync()
    {
        _room = await CleanupRoom.CreateAsync(isRemoved: false);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(_room.Room.Clock).AddSingleton(new RegistryOptions()).AddSingleton(new ReconcileOptions(TimeSpan.FromMinutes(15)))
            .AddSingleton(_room.Room.Integrations).AddSingleton(_room.Room.Connections).AddSingleton(_room.Room.Removals).AddSingleton(_room.Cleanup)
            .AddSingleton(_room.Room.Leftovers(_room.Arm.Clients(new HastyClock())));
        _room.Room.AddConsent(Services, _room.Arm.Clients(new HastyClock()));
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _room.DisposeAsync();
    }

    private IRenderedComponent<IntegrationsPage> Show()
    {
        _dialogs = Render<MudDialogProvider>();
        Render<MudPopoverProvider>();
        return Render<IntegrationsPage>();
    }

    private static IElement Button(IRenderedComponent<IComponent> component, string text) => component.FindAll("button").Single(button => button.TextContent.Trim() == text);

    private static void Click(IRenderedComponent<IComponent> component, string text) => Button(component, text).Click();
}
