using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Integrations;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Consent;

/// <summary>What a page shows of a deployment whose consent ends while it goes on.</summary>
public sealed class ConsentDeploymentTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;
    private IntegrationDetails _integration = null!;

    private static Actor Ada => TestActor.Administrator;

    [Fact]
    public async Task ItStaysShownAsNotKnownHoweverOftenOneLooksAndIsFollowedWithTheNextConsent()
    {
        var page = Render<DeployHere>(p => p.Add(here => here.Integration, _integration));
        (_arm.World.PageSize, _arm.Rounds) = (50, 20);
        // After the first of its looks, as a token that ends does.
        _arm.Trouble = async context =>
        {
            await (context.Request.Path.Value!.EndsWith("/operations", StringComparison.Ordinal) ? _room.Consents.EndAsync(Ada, default) : Task.CompletedTask);
            return false;
        };
        await PressAsync(page, "Deploy");
        await page.WaitForAssertionAsync(() => Assert.Contains("your consent has ended", Alert(page), StringComparison.Ordinal), Limit);
        _arm.Trouble = _ => Task.FromResult(false);
        AssertNotKnown(page);

        await PressAsync(page, "Look again");

        await page.WaitForAssertionAsync(() => Assert.Contains("so nobody can ask what became of the deployment", Alert(page), StringComparison.Ordinal), Limit);
        AssertNotKnown(page);

        await _room.ConsentAsync(Ada, ArmDouble.Token);
        await PressAsync(page, "Look again");
        await page.WaitForAssertionAsync(() => Assert.Contains("Everything is made.", page.Markup, StringComparison.Ordinal), Limit);
        Assert.Single(_arm.Calls, call => call.Call.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhatAzureTookIsNoFailureForWhoseConsentEndedWithIt()
    {
        _arm.Trouble = async context =>
        {
            await (context.Request.Method == "PUT" ? _room.Consents.EndAsync(Ada, default) : Task.CompletedTask);
            return false;
        };

        var told = Assert.Single(await _room.Deployments(_arm.Consenting(new HastyClock())).RunAsync(Ada, _integration.Id, default).ToListAsync());

        Assert.Equal((DeploymentState.Unknown, "You do not let the dashboard act in Azure any more: your consent has ended."), (told.State, told.Message));
    }

    [Fact]
    public async Task ThePageThatCanFollowItNoMoreTellsWhoBeganIt()
    {
        var page = Render<DeployStep>(p => p.Add(step => step.Integration, _integration).Add(step => step.Host, _integration.Host!));
        await page.WaitForAssertionAsync(() => Assert.NotEmpty(page.FindComponents<DeployHere>()), Limit);
        Assert.DoesNotContain("had the dashboard deploy this", page.Markup, StringComparison.Ordinal);
        await _room.Deployments(_arm.Consenting(new HastyClock())).RunAsync(Ada, _integration.Id, default).LastAsync();
        await _room.Consents.EndAsync(Ada, default);

        // As any change of the integration does.
        page.Render(p => p.Add(step => step.Integration, _integration));

        await page.WaitForAssertionAsync(() => Assert.Contains("ada had the dashboard deploy this", page.Markup, StringComparison.Ordinal), Limit);
        Assert.Empty(page.FindComponents<DeployHere>());
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync();
        _arm = await ArmDouble.StartAsync();
        _arm.World.AddRegistry("contoso");
        JSInterop.Mode = JSRuntimeMode.Loose;
        await _room.ConsentAsync(Ada, ArmDouble.Token);
        var clients = _arm.Consenting(new HastyClock());
        var id = (await _room.Integrations.AddAsync(Ada, _room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default)).IntegrationId;
        _integration = (await _room.Integrations.FindToChangeAsync(Ada, id, default))!;
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(_room.Clock).AddSingleton(_room.Integrations).AddSingleton(_room.Planner).AddSingleton(new ReconcileOptions(TimeSpan.FromMinutes(15)))
            .AddSingleton(_room.Deployments(clients)).AddSingleton(_room.Check(clients)).AddSingleton(_room.Preview(clients));
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
    }

    private static string Alert(IRenderedComponent<DeployHere> page) => page.Find("[role=alert]").TextContent;

    private static void AssertNotKnown(IRenderedComponent<DeployHere> page)
    {
        Assert.NotEmpty(page.FindAll("li"));
        Assert.All(page.FindAll("li"), resource => Assert.Contains("Not known", resource.TextContent, StringComparison.Ordinal));
        Assert.Contains("Let the dashboard act in Azure as you again, on this page", Alert(page), StringComparison.Ordinal);
    }

    private static async Task PressAsync(IRenderedComponent<DeployHere> page, string button)
    {
        await page.WaitForAssertionAsync(() => Assert.False(Button(page, button).HasAttribute("disabled")), Limit);
        await Button(page, button).ClickAsync(new());
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<DeployHere> page, string button) => page.FindAll("button").Single(found => found.TextContent.Trim() == button);
}
