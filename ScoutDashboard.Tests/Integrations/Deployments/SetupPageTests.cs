using Bunit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

/// <summary>What the set-up's page shows of checks, preview and deployment.</summary>
public sealed class SetupPageTests : BunitContext, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private DeploymentRig _rig = null!;

    [Fact]
    public async Task OfARegistryThatWasTypedNothingIsAsked()
    {
        var typed = await _rig.Room.AddAsync("fabrikam.azurecr.io");

        Assert.Empty(Render<SetupPage>(p => p.Add(page => page.Id, typed)).FindAll(".check-list"));
        Assert.Empty(_rig.Arm.Calls);
    }

    [Fact]
    public async Task TheSetUpShowsTheChecksAndTakesTheRegistrysOwnTopicAtAClick()
    {
        _rig.Arm.World.AddTopic("of-defender", _rig.Registry);
        var page = await ShowAsync();
        Assert.Contains("Would fail", page.Find(".check-list").TextContent, StringComparison.Ordinal);

        await ClickAsync(page, "Use of-defender");

        await page.WaitForAssertionAsync(() => Assert.Contains("only a subscription is added to it", page.Find(".check-list").TextContent, StringComparison.Ordinal), Limit);
        Assert.Equal(("of-defender", true), ((await _rig.Room.RowAsync(_rig.Id)).SystemTopic, (await _rig.Room.RowAsync(_rig.Id)).UsesExistingTopic));
        Assert.DoesNotContain("Would fail", page.Markup, StringComparison.Ordinal);
        // What is to be saved by hand below follows.
        Assert.Contains(page.FindAll("input"), input => input.GetAttribute("value") == "of-defender");
    }

    [Fact]
    public async Task WhatWouldTakeFromOthersIsNotDeployedUntilItIsSettled()
    {
        var topic = _rig.Arm.World.AddTopic(AzureNames.SystemTopic, _rig.Registry);
        _rig.Arm.World.AddSubscription(topic, AzureNames.EventSubscription, "https://api.scout.docker.com/hooks/acr/some-key");
        var page = await ShowAsync();
        Assert.Contains("Would take from others", page.Find(".check-list").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("some-key", page.Markup, StringComparison.Ordinal);
        await page.WaitForAssertionAsync(() => Assert.Contains("nothing would be taken from others", page.Markup, StringComparison.Ordinal), Limit);
        Assert.True(Deploy().HasAttribute("disabled"));

        _rig.Arm.World.Resources.Remove($"{topic}/eventSubscriptions/{AzureNames.EventSubscription}");
        await ClickAsync(page, "Ask again");

        await page.WaitForAssertionAsync(() => Assert.False(Deploy().HasAttribute("disabled")), Limit);
        Assert.DoesNotContain("nothing would be taken from others", page.Markup, StringComparison.Ordinal);

        AngleSharp.Dom.IElement Deploy() => page.FindAll("button").Single(button => button.TextContent.Trim() == "Deploy");
    }

    [Fact]
    public async Task ThePreviewListsWhatWouldBeMadeAndChangesNothing()
    {
        var page = await ShowAsync();
        Assert.DoesNotContain(_rig.Arm.Calls, call => call.Call.EndsWith("/whatIf", StringComparison.Ordinal));
        var before = _rig.Arm.World.Resources.Count;

        await ClickAsync(page, "Preview");

        await page.WaitForAssertionAsync(
            () => Assert.Equal(
                ["Create Event Grid system topic docker-scout-repository", "Create Event subscription image-change", "Create Container registry token docker-scout-readonly-token"],
                page.FindAll("ul.check-list li").Select(line => string.Join(' ', line.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))), Limit);
        Assert.Contains("Of the rest of the group, 1 stay as they are.", page.Markup, StringComparison.Ordinal);
        Assert.Equal(before, _rig.Arm.World.Resources.Count);
    }

    [Fact]
    public async Task APreviewThatAzureRefusesSaysWhyAndCanBeAskedForAgain()
    {
        var page = await ShowAsync();
        _rig.Arm.Trouble = async context =>
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("""{"error":{"code":"AuthorizationFailed","message":"does not have authorization to perform action 'Microsoft.Resources/deployments/whatIf/action'"}}""");
            return true;
        };
        await ClickAsync(page, "Preview");
        await page.WaitForAssertionAsync(() => Assert.Contains("whatIf/action", page.Find("[role=alert]").TextContent, StringComparison.Ordinal), Limit);

        _rig.Arm.Trouble = _ => Task.FromResult(false);
        await ClickAsync(page, "Try again");

        await page.WaitForAssertionAsync(() => Assert.Equal(3, page.FindAll("ul.check-list li").Count), Limit);
    }

    [Fact]
    public async Task OnThePageItIsStartedFollowedAndLookedForAfterAnOutage()
    {
        var page = await ShowAsync();
        var isOut = true;
        _rig.Arm.Rounds = 20;
        _rig.Arm.Trouble = async context =>
        {
            if (!isOut || context.Request.Method != HttpMethods.Get || !context.Request.Path.Value!.Contains("/deployments/", StringComparison.Ordinal) || !_rig.Arm.Calls.Any(call => call.Call.StartsWith("PUT", StringComparison.Ordinal)))
            {
                return false;
            }

            context.Response.StatusCode = 500;
            await context.Response.WriteAsync("oops");
            return true;
        };
        await ClickAsync(page, "Deploy");
        await page.WaitForAssertionAsync(() => Assert.Contains(page.FindAll("button"), button => button.TextContent.Trim() == "Look again" && !button.HasAttribute("disabled")), Limit);

        isOut = false;
        await ClickAsync(page, "Look again");

        await page.WaitForAssertionAsync(() => Assert.Contains("Everything is made. Go on with Next.", page.Markup, StringComparison.Ordinal), Limit);
        Assert.Equal(3, page.FindAll("ul[aria-label=Deployment] li").Count);
        Assert.Single(_rig.Arm.Calls, call => call.Call.StartsWith("PUT", StringComparison.Ordinal));
    }
    [Fact]
    public async Task TheQuestionsAreShownWhileAzureIsAskedAndDeployIsHeldUntilAllAreAnswered()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Arm.Trouble = async _ =>
        {
            await answer.Task;
            return false;
        };

        var page = Render<SetupPage>(p => p.Add(setUp => setUp.Id, _rig.Id));
        await page.WaitForAssertionAsync(() => Assert.Equal("true", page.Find(".check-list").GetAttribute("aria-busy")), Limit);
        Assert.True(page.FindAll("button").Single(button => button.TextContent.Trim() == "Deploy").HasAttribute("disabled"));

        answer.SetResult();
        await page.WaitForAssertionAsync(() => Assert.Equal("false", page.Find(".check-list").GetAttribute("aria-busy")), Limit);
        await page.WaitForAssertionAsync(() => Assert.False(page.FindAll("button").Single(button => button.TextContent.Trim() == "Deploy").HasAttribute("disabled")), Limit);
    }

    public async Task InitializeAsync()
    {
        _rig = await DeploymentRig.StartAsync();
        var room = _rig.Room;
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(room.Clock).AddSingleton(new RegistryOptions()).AddSingleton(new ReconcileOptions(TimeSpan.FromMinutes(15)))
            .AddSingleton(room.Integrations).AddSingleton(room.Planner).AddSingleton(room.Check(_rig.Clients)).AddSingleton(room.Preview(_rig.Clients)).AddSingleton(room.Deployments(_rig.Clients));
        room.AddConsent(Services, _rig.Clients);
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _rig.DisposeAsync();
    }

    private async Task<IRenderedComponent<SetupPage>> ShowAsync()
    {
        var page = Render<SetupPage>(p => p.Add(setUp => setUp.Id, _rig.Id));
        await page.WaitForAssertionAsync(() => Assert.Equal("false", page.Find(".check-list").GetAttribute("aria-busy")), Limit);
        return page;
    }

    private static Task ClickAsync(IRenderedComponent<SetupPage> page, string text) =>
        page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent.Trim() == text).ClickAsync(new()));
}
