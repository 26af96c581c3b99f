using Bunit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using ScoutDashboard.Azure;
using ScoutDashboard.Images;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Registry;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

/// <summary>What is asked of Azure before a deployment.</summary>
public sealed class DeploymentCheckTests : BunitContext, IAsyncLifetime
{
    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;
    private long _id;
    private string _registry = "";

    [Fact]
    public async Task WhereAllIsWellAllPasses() =>
        Assert.Equal(Enum.GetValues<CheckKind>().Select(kind => (kind, CheckState.Passed, "")), (await AskAsync()).Select(finding => (finding.Kind, finding.State, finding.Remedy)));

    [Fact]
    public async Task RightsThatAreMissingAreNamedWithTheCommandThatGivesThem()
    {
        _arm.World.Actions = ["*/read", "Microsoft.Resources/deployments/*", "Microsoft.EventGrid/*"];

        var finding = await AskAsync(CheckKind.Rights);

        Assert.Equal(CheckState.Warning, finding.State);
        Assert.Equal("The dashboard's identity may not: Microsoft.ContainerRegistry/registries/tokens/write, Microsoft.ContainerRegistry/registries/generateCredentials/action.", finding.Detail);
        Assert.Equal($"az role assignment create --role ScoutDashboard --assignee CLIENT_ID --scope '/subscriptions/{ArmWorld.First}/resourceGroups/rg1'", finding.Command);
    }

    [Theory]
    [InlineData("NotRegistered")]
    [InlineData("Registering")]
    public async Task AProviderThatIsNotRegisteredWouldFail(string state)
    {
        _arm.World.Providers["Microsoft.EventGrid"] = state;

        var finding = await AskAsync(CheckKind.Provider);

        Assert.Equal(CheckState.Failed, finding.State);
        Assert.Contains(state, finding.Detail, StringComparison.Ordinal);
        Assert.Equal($"az provider register --namespace Microsoft.EventGrid --subscription {ArmWorld.First} --wait", finding.Command);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATopicInAnotherResourceGroupIsUsedWhereTheIdentityMayAddToIt(bool mayAdd)
    {
        _arm.World.AddTopic("of-defender", _registry.ToUpperInvariant(), "security", "westeurope");
        _arm.World.Actions = mayAdd ? ["*"] : ["Microsoft.ContainerRegistry/*"];

        var finding = await AskAsync(CheckKind.SystemTopic);

        Assert.Equal((mayAdd ? CheckState.Passed : CheckState.Failed, null), (finding.State, finding.Topic));
        Assert.Contains("of-defender, lies in another resource group, security", finding.Detail, StringComparison.Ordinal);
        Assert.Equal(!mayAdd, finding.Command?.EndsWith("/resourceGroups/security'", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task ATopicThatIsSaidToExistAndDoesNotWouldFail()
    {
        await _room.Integrations.SetTopicAsync(TestActor.Administrator, _id, "gone-topic", exists: true, default);

        Assert.Equal(CheckState.Failed, (await AskAsync(CheckKind.SystemTopic)).State);
    }

    [Theory]
    [InlineData("publicNetworkAccess", "Disabled", "closed to the internet")]
    [InlineData("networkRuleSet", "Deny", "only listed addresses")]
    public async Task NetworkRulesAreWarnedOf(string property, string value, string told)
    {
        _arm.World.Resources[_registry]["properties"]![property] = property == "networkRuleSet" ? new System.Text.Json.Nodes.JsonObject { ["defaultAction"] = value } : value;

        var finding = await AskAsync(CheckKind.Network);

        Assert.Equal(CheckState.Warning, finding.State);
        Assert.Contains(told, finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAPublicAddressThatIsSaid()
    {
        await using var room = await IntegrationRoom.CreateAsync(publicUrl: null);
        var id = await AddAsync(room);

        Assert.Equal(CheckState.Warning, (await room.Check(_arm.Clients(new HastyClock())).RunAsync(TestActor.Administrator, id, default).ToListAsync()).Single(finding => finding.Kind == CheckKind.PublicUrl).State);
    }

    [Fact]
    public async Task WhatAzureRefusesToTellIsNotTakenForWell()
    {
        _arm.Trouble = context =>
        {
            context.Response.StatusCode = 403;
            return Task.FromResult(true);
        };

        Assert.Equal([.. Enumerable.Repeat(CheckState.Unknown, 6), CheckState.Passed], (await AskAsync()).Select(finding => finding.State));
    }

    // Each world that makes an outcome which is not well, in the order of the kinds.
    public static TheoryData<string, CheckKind, CheckState> Outcomes { get; } = new()
    {
        { "no rights", CheckKind.Rights, CheckState.Warning },
        { "no provider", CheckKind.Provider, CheckState.Failed },
        { "topic said to exist", CheckKind.SystemTopic, CheckState.Failed },
        { "another topic", CheckKind.SystemTopic, CheckState.Failed },
        { "topic elsewhere", CheckKind.SystemTopic, CheckState.Failed },
        { "name taken", CheckKind.SystemTopic, CheckState.Failed },
        { "subscription taken", CheckKind.EventSubscription, CheckState.Taken },
        { "another scope map", CheckKind.RegistryToken, CheckState.Warning },
        { "closed registry", CheckKind.Network, CheckState.Warning },
        { "network rules", CheckKind.Network, CheckState.Warning },
        { "elsewhere", CheckKind.PublicUrl, CheckState.Warning },
        { "azure refuses", CheckKind.Rights, CheckState.Unknown },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task WhateverIsNotWellHasWordsAndACommand(string world, CheckKind kind, CheckState state)
    {
        var properties = _arm.World.Resources[_registry]["properties"]!;
        Action make = world switch
        {
            "no rights" => () => _arm.World.Actions = ["*/read"],
            "no provider" => () => _arm.World.Providers["Microsoft.EventGrid"] = "NotRegistered",
            "another topic" => () => _arm.World.AddTopic("of-defender", _registry),
            "topic elsewhere" => () => (_arm.World.Actions, _) = (["Microsoft.ContainerRegistry/*"], _arm.World.AddTopic("of-defender", _registry, "security", "westeurope")),
            "name taken" => () => _arm.World.AddTopic(AzureNames.SystemTopic, _arm.World.AddRegistry("fabrikam")),
            "subscription taken" => () => _arm.World.AddSubscription(_arm.World.AddTopic(AzureNames.SystemTopic, _registry), AzureNames.EventSubscription, "https://api.scout.docker.com/hooks/acr/some-key"),
            "another scope map" => () => ArmRoutes.MakeToken(_arm.World, $"{_registry}/tokens/{AzureNames.Token}", "Succeeded")["properties"]!["scopeMapId"] = $"{_registry}/scopeMaps/_repositories_pull",
            "closed registry" => () => properties["publicNetworkAccess"] = "Disabled",
            "network rules" => () => properties["networkRuleSet"] = new System.Text.Json.Nodes.JsonObject { ["defaultAction"] = "Deny" },
            "elsewhere" => () => _room.Outside.Addresses = [],
            "azure refuses" => () => _arm.Trouble = context => Integrations.Rotation.RotationRig.RefuseAsync(context, "GET", 403),
            _ => () => { },
        };
        make();
        await (world == "topic said to exist" ? _room.Integrations.SetTopicAsync(TestActor.Administrator, _id, "gone-topic", exists: true, default) : Task.CompletedTask);

        var findings = await AskAsync();

        Assert.Equal(state, findings.Single(finding => finding.Kind == kind).State);
        Assert.All(findings.Where(finding => finding.State != CheckState.Passed), finding => Assert.True(finding is { Remedy.Length: > 0, Command.Length: > 0 }, $"{finding}"));
    }

    [Fact]
    public void EachReasonForWhichAzureCanNotBeAskedHasACommandThatPrintsNoSecret()
    {
        var registry = AzureRegistryId.Create(ArmWorld.First.ToString(), "rg1", "contoso")!;

        Assert.All(Enum.GetValues<ArmError>(), error => Assert.Matches("^(az|curl) ", ArmCommands.For(error, registry, new Uri("https://management.azure.com/"), isPersons: false)));
        Assert.All(Enum.GetValues<ArmError>(), error => Assert.DoesNotMatch("get-access-token(?! --query expiresOn )|credential", ArmCommands.For(error, registry, new Uri("https://management.azure.com/"), isPersons: false)));
    }

    [Fact]
    public async Task NothingIsAskedWithoutAnIdentityOrWithoutAPlace()
    {
        var typed = await _room.AddAsync("fabrikam.azurecr.io");

        Assert.Empty(await _room.Check().RunAsync(TestActor.Administrator, _id, default).ToListAsync());
        Assert.Empty(await _room.Check(_arm.Clients(new HastyClock())).RunAsync(TestActor.Administrator, typed, default).ToListAsync());
        Assert.Empty(Render<SetupPage>(p => p.Add(page => page.Id, typed)).FindAll(".check-list"));
        Assert.Empty(_arm.Calls);
    }

    [Fact]
    public async Task TheSetUpShowsTheChecksAndTakesTheRegistrysOwnTopicAtAClick()
    {
        _arm.World.AddTopic("of-defender", _registry);
        var page = await ShowAsync();
        Assert.Contains("Would fail", page.Find(".check-list").TextContent, StringComparison.Ordinal);

        await ClickAsync(page, "Use of-defender");

        await page.WaitForAssertionAsync(() => Assert.Contains("only a subscription is added to it", page.Find(".check-list").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Equal(("of-defender", true), ((await _room.RowAsync(_id)).SystemTopic, (await _room.RowAsync(_id)).UsesExistingTopic));
        Assert.DoesNotContain("Would fail", page.Markup, StringComparison.Ordinal);
        // What is to be saved by hand below follows.
        Assert.Contains(page.FindAll("input"), input => input.GetAttribute("value") == "of-defender");
    }

    [Fact]
    public async Task WhatWouldTakeFromOthersIsNotDeployedUntilItIsSettled()
    {
        var topic = _arm.World.AddTopic(AzureNames.SystemTopic, _registry);
        _arm.World.AddSubscription(topic, AzureNames.EventSubscription, "https://api.scout.docker.com/hooks/acr/some-key");
        var page = await ShowAsync();
        Assert.Contains("Would take from others", page.Find(".check-list").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("some-key", page.Markup, StringComparison.Ordinal);
        await page.WaitForAssertionAsync(() => Assert.Contains("nothing would be taken from others", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.True(Deploy().HasAttribute("disabled"));

        _arm.World.Resources.Remove($"{topic}/eventSubscriptions/{AzureNames.EventSubscription}");
        await ClickAsync(page, "Ask again");

        await page.WaitForAssertionAsync(() => Assert.False(Deploy().HasAttribute("disabled")), TimeSpan.FromSeconds(30));
        Assert.DoesNotContain("nothing would be taken from others", page.Markup, StringComparison.Ordinal);

        AngleSharp.Dom.IElement Deploy() => page.FindAll("button").Single(button => button.TextContent.Trim() == "Deploy");
    }

    [Fact]
    public async Task ThePreviewListsWhatWouldBeMadeAndChangesNothing()
    {
        var page = await ShowAsync();
        Assert.DoesNotContain(_arm.Calls, call => call.Call.EndsWith("/whatIf", StringComparison.Ordinal));
        var before = _arm.World.Resources.Count;

        await ClickAsync(page, "Preview");

        await page.WaitForAssertionAsync(
            () => Assert.Equal(
                ["Create Event Grid system topic docker-scout-repository", "Create Event subscription image-change", "Create Container registry token docker-scout-readonly-token"],
                page.FindAll("ul.check-list li").Select(line => string.Join(' ', line.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))), TimeSpan.FromSeconds(30));
        Assert.Contains("Of the rest of the group, 1 stay as they are.", page.Markup, StringComparison.Ordinal);
        Assert.Equal(before, _arm.World.Resources.Count);
    }

    [Fact]
    public async Task APreviewThatAzureRefusesSaysWhyAndCanBeAskedForAgain()
    {
        var page = await ShowAsync();
        _arm.Trouble = async context =>
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("""{"error":{"code":"AuthorizationFailed","message":"does not have authorization to perform action 'Microsoft.Resources/deployments/whatIf/action'"}}""");
            return true;
        };
        await ClickAsync(page, "Preview");
        await page.WaitForAssertionAsync(() => Assert.Contains("whatIf/action", page.Find("[role=alert]").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(30));

        _arm.Trouble = _ => Task.FromResult(false);
        await ClickAsync(page, "Try again");

        await page.WaitForAssertionAsync(() => Assert.Equal(3, page.FindAll("ul.check-list li").Count), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task AnExistingTopicIsNotInThePreviewAndWithoutAnIdentityThereIsNone()
    {
        await _room.Integrations.SetTopicAsync(TestActor.Administrator, _id, "of-defender", exists: true, default);

        var seen = Assert.IsType<PreviewOutcome.Seen>(await _room.Preview(_arm.Clients(new HastyClock())).AskAsync(TestActor.Administrator, _id, default));

        Assert.Equal([AzureResourceKind.EventSubscription, AzureResourceKind.Token], seen.Lines.Select(line => line.Resource.Kind));
        Assert.IsType<PreviewOutcome.Failed>(await _room.Preview().AskAsync(TestActor.Administrator, _id, default));
    }

    [Fact]
    public async Task OnThePageItIsStartedFollowedAndLookedForAfterAnOutage()
    {
        var page = await ShowAsync();
        var isOut = true;
        _arm.Rounds = 20;
        _arm.Trouble = async context =>
        {
            if (!isOut || context.Request.Method != HttpMethods.Get || !context.Request.Path.Value!.Contains("/deployments/", StringComparison.Ordinal) || !_arm.Calls.Any(call => call.Call.StartsWith("PUT", StringComparison.Ordinal)))
            {
                return false;
            }

            context.Response.StatusCode = 500;
            await context.Response.WriteAsync("oops");
            return true;
        };
        await ClickAsync(page, "Deploy");
        await page.WaitForAssertionAsync(() => Assert.Contains(page.FindAll("button"), button => button.TextContent.Trim() == "Look again" && !button.HasAttribute("disabled")), TimeSpan.FromSeconds(30));

        isOut = false;
        await ClickAsync(page, "Look again");

        await page.WaitForAssertionAsync(() => Assert.Contains("Everything is made. Go on with Next.", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.Equal(3, page.FindAll("ul[aria-label=Deployment] li").Count);
        Assert.Single(_arm.Calls, call => call.Call.StartsWith("PUT", StringComparison.Ordinal));
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync();
        _arm = await ArmDouble.StartAsync();
        _registry = _arm.World.AddRegistry("contoso");
        _id = await AddAsync(_room);
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLogging().AddLocalization().AddMudServices();
        Services.AddSingleton<TimeProvider>(_room.Clock).AddSingleton(new RegistryOptions()).AddSingleton(new ReconcileOptions(TimeSpan.FromMinutes(15)))
            .AddSingleton(_room.Integrations).AddSingleton(_room.Planner).AddSingleton(_room.Check(_arm.Clients(new HastyClock()))).AddSingleton(_room.Preview(_arm.Clients(new HastyClock()))).AddSingleton(_room.Deployments(_arm.Clients(new HastyClock())));
        _room.AddConsent(Services, _arm.Clients(new HastyClock()));
        this.SignInAs(MemberRole.Administrator);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
    }

    [Fact]
    public async Task TheQuestionsAreShownWhileAzureIsAskedAndDeployIsHeldUntilAllAreAnswered()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _arm.Trouble = async _ =>
        {
            await answer.Task;
            return false;
        };

        var page = Render<SetupPage>(p => p.Add(setUp => setUp.Id, _id));
        await page.WaitForAssertionAsync(() => Assert.Equal("true", page.Find(".check-list").GetAttribute("aria-busy")), TimeSpan.FromSeconds(30));
        Assert.True(page.FindAll("button").Single(button => button.TextContent.Trim() == "Deploy").HasAttribute("disabled"));

        answer.SetResult();
        await page.WaitForAssertionAsync(() => Assert.Equal("false", page.Find(".check-list").GetAttribute("aria-busy")), TimeSpan.FromSeconds(30));
        await page.WaitForAssertionAsync(() => Assert.False(page.FindAll("button").Single(button => button.TextContent.Trim() == "Deploy").HasAttribute("disabled")), TimeSpan.FromSeconds(30));
    }

    private async Task<IRenderedComponent<SetupPage>> ShowAsync()
    {
        var page = Render<SetupPage>(p => p.Add(setUp => setUp.Id, _id));
        await page.WaitForAssertionAsync(() => Assert.Equal("false", page.Find(".check-list").GetAttribute("aria-busy")), TimeSpan.FromSeconds(30));
        return page;
    }

    private static Task ClickAsync(IRenderedComponent<SetupPage> page, string text) =>
        page.InvokeAsync(() => page.FindAll("button").Single(button => button.TextContent.Trim() == text).ClickAsync(new()));

    private static async Task<long> AddAsync(IntegrationRoom room) =>
        (await room.Integrations.AddAsync(TestActor.Administrator, room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default)).IntegrationId;

    private async Task<IReadOnlyList<CheckFinding>> AskAsync() => await _room.Check(_arm.Clients(new HastyClock())).RunAsync(TestActor.Administrator, _id, default).ToListAsync();

    private async Task<CheckFinding> AskAsync(CheckKind kind) => (await AskAsync()).Single(finding => finding.Kind == kind);
}
