using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Azure;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Rotation;
using ScoutDashboard.Integrations.Watch;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations.Rotation;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Consent;

/// <summary>What a registry's page says of what nobody does by themselves where a person acts with their own rights.</summary>
public sealed class ConsentRotationTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private RotationRig _rig = null!;

    private ArmClients Clients => _rig.Arm.Consenting(new HastyClock());

    [Fact]
    public async Task ThePasswordBeforeIsEndedByAButtonSinceNothingElseWould()
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(10));
        var panel = await RenderAsync();
        Assert.Empty(panel.FindAll("#rotate-before"));
        Assert.Contains("By itself nothing is rotated", panel.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(panel.FindAll("button"), button => button.TextContent.Trim() == "End password1");

        Assert.Equal(ConnectionStepState.Passed, (await _rig.Room.Rotation(Clients).RotateAsync(TestActor.Administrator, _rig.Id, null, null, default).LastAsync()).State);
        await ShowAsync(panel);
        Assert.Contains("Analyses that run may use it for a day.", panel.Markup, StringComparison.Ordinal);
        Assert.Equal(["password1", "password2"], _rig.Passwords.Keys);
        await panel.FindAll("button").Single(button => button.TextContent.Trim() == "End password1").ClickAsync(new());

        await panel.WaitForAssertionAsync(() => Assert.Equal(["password2"], _rig.Passwords.Keys), Limit);
        await ShowAsync(panel);
        Assert.DoesNotContain(panel.FindAll("button"), button => button.TextContent.Trim() == "End password1");
    }

    [Fact]
    public async Task WhatAzureRefusesThereIsToldAndCanBeTriedAgainAtOnce()
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(10));
        Assert.Equal(ConnectionStepState.Passed, (await _rig.Room.Rotation(Clients).RotateAsync(TestActor.Administrator, _rig.Id, null, null, default).LastAsync()).State);
        _rig.Arm.Trouble = context => RotationRig.RefuseAsync(context, "PATCH", 403);
        var panel = await RenderAsync();
        await panel.FindAll("button").Single(button => button.TextContent.Trim() == "End password1").ClickAsync(new());
        await panel.WaitForAssertionAsync(() => Assert.Contains("You may not do this in Azure (403).", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal), Limit);
        // Of what one may not others are told nothing.
        Assert.Equal(("password1", null), ((await DetailsAsync()).Rotation.OldPassword, (await DetailsAsync()).Rotation.OldFailure));

        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await panel.FindAll("button").Single(button => button.TextContent.Trim() == "End password1").ClickAsync(new());

        await panel.WaitForAssertionAsync(() => Assert.Empty(panel.FindAll("[role=alert]")), Limit);
        Assert.Null((await DetailsAsync()).Rotation.OldPassword);
        Assert.Equal(["password2"], _rig.Passwords.Keys);
    }

    [Fact]
    public async Task OfARegistryThatIsNotSeenNothingIsNotedAsEnded()
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(10));
        Assert.Equal(ConnectionStepState.Passed, (await _rig.Room.Rotation(Clients).RotateAsync(TestActor.Administrator, _rig.Id, null, null, default).LastAsync()).State);
        var all = _rig.Arm.World.Resources.ToList();
        _rig.Arm.World.Resources.Clear();

        var refused = await _rig.Room.Old(Clients).EndAsync(TestActor.Administrator, _rig.Id, default);

        all.ForEach(resource => _rig.Arm.World.Resources.Add(resource.Key, resource.Value));
        Assert.StartsWith("Azure shows no such registry", refused!.Message, StringComparison.Ordinal);
        Assert.Equal(("password1", null), ((await DetailsAsync()).Rotation.OldPassword, (await DetailsAsync()).Rotation.OldFailure));
        Assert.Equal(["password1", "password2"], _rig.Passwords.Keys);
        // And the right to the token is given back.
        Assert.Null(await _rig.Room.Old(Clients).EndAsync(TestActor.Administrator, _rig.Id, default));
        Assert.Equal(["password2"], _rig.Passwords.Keys);
    }

    // As when the page is closed, while Azure ends it.
    [Fact]
    public async Task WhoLeavesWhileItIsEndedFindsItEndedAndNotedAsSuch()
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(10));
        Assert.Equal(ConnectionStepState.Passed, (await _rig.Room.Rotation(Clients).RotateAsync(TestActor.Administrator, _rig.Id, null, null, default).LastAsync()).State);
        using var closed = new CancellationTokenSource();
        _rig.Arm.Trouble = async context =>
        {
            await (context.Request.Method == "PATCH" ? closed.CancelAsync() : Task.CompletedTask);
            return false;
        };

        await _rig.Room.Old(Clients).EndAsync(TestActor.Administrator, _rig.Id, closed.Token);

        Assert.True(closed.IsCancellationRequested);
        Assert.Equal(["password2"], _rig.Passwords.Keys);
        Assert.Null((await DetailsAsync()).Rotation.OldPassword);
    }

    [Fact]
    public async Task TheLookAtAzureIsSaidToBeOnDemand()
    {
        await _rig.StoreAsync("password1", RotationRig.Today.AddDays(10));
        Ready();
        var integration = await DetailsAsync();
        var panel = Render<WatchPanel>(p => p.Add(watch => watch.Integration, integration));

        Assert.Contains("it is asked when you check", panel.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARegistryThatWasTypedByHandIsLookedForByAButton()
    {
        var typed = await _rig.Room.ConnectAsync("fabrikam.azurecr.io");
        Ready();
        var integration = (await _rig.Room.Integrations.FindToChangeAsync(TestActor.Administrator, typed, default))!;
        var panel = Render<WatchPanel>(p => p.Add(watch => watch.Integration, integration));

        await panel.FindAll("button").Single(button => button.TextContent.Trim() == "Find it in Azure").ClickAsync(new());
        await panel.WaitForAssertionAsync(() => Assert.Contains("You see no such registry in Azure", panel.Find("[role=alert]").TextContent, StringComparison.Ordinal), Limit);

        _rig.Arm.World.AddRegistry("fabrikam", group: "rg2");
        await panel.FindAll("button").Single(button => button.TextContent.Trim() == "Find it in Azure").ClickAsync(new());
        await panel.WaitForAssertionAsync(() => Assert.Empty(panel.FindAll("[role=alert]")), Limit);
        Assert.Equal("rg2", (await _rig.Room.RowAsync(typed)).ResourceGroup);
    }

    public async Task InitializeAsync()
    {
        _rig = await RotationRig.StartAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        await _rig.Room.ConsentAsync(TestActor.Administrator, ArmDouble.Token);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }

    private async Task<IRenderedComponent<RotationPanel>> RenderAsync()
    {
        Ready();
        var integration = await DetailsAsync();
        return Render<RotationPanel>(p => p.Add(panel => panel.Integration, integration));
    }

    private void Ready()
    {
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(_rig.Room.Clock).AddSingleton(_rig.Room.Rotation(Clients)).AddSingleton(_rig.Room.RotationSettings).AddSingleton(_rig.Room.Watch(Clients)).AddSingleton(_rig.Room.Mend(Clients));
        _rig.Room.AddConsent(Services, Clients);
        this.SignInAs(MemberRole.Administrator);
    }

    private async Task ShowAsync(IRenderedComponent<RotationPanel> panel)
    {
        var integration = await DetailsAsync();
        panel.Render(p => p.Add(shown => shown.Integration, integration));
    }

    private async Task<IntegrationDetails> DetailsAsync() => (await _rig.Room.Integrations.FindToChangeAsync(TestActor.Administrator, _rig.Id, default))!;
}
