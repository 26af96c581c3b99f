using ScoutDashboard.Azure;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

/// <summary>What is asked of Azure before a deployment.</summary>
public sealed class DeploymentCheckTests : IAsyncLifetime
{
    private DeploymentRig _rig = null!;

    [Fact]
    public async Task WhereAllIsWellAllPasses() =>
        Assert.Equal(Enum.GetValues<CheckKind>().Select(kind => (kind, CheckState.Passed, "")), (await AskAsync()).Select(finding => (finding.Kind, finding.State, finding.Remedy)));

    [Fact]
    public async Task RightsThatAreMissingAreNamedWithTheCommandThatGivesThem()
    {
        _rig.Arm.World.Actions = ["*/read", "Microsoft.Resources/deployments/*", "Microsoft.EventGrid/*"];

        var finding = await AskAsync(CheckKind.Rights);

        Assert.Equal(CheckState.Warning, finding.State);
        Assert.Equal("The dashboard's identity may not: Microsoft.ContainerRegistry/registries/tokens/write, Microsoft.ContainerRegistry/registries/generateCredentials/action.", finding.Detail);
        Assert.Equal($"az role assignment create --role ScoutDashboard --assignee CLIENT_ID --scope '/subscriptions/{ArmWorld.First}/resourceGroups/rg1'", finding.Command);
    }

    [Theory]
    [InlineData("Microsoft.Resources/deployments/write")]
    [InlineData("Microsoft.ContainerRegistry/registries/tokens/write")]
    [InlineData("Microsoft.ContainerRegistry/registries/generateCredentials/action")]
    [InlineData("Microsoft.EventGrid/systemTopics/write")]
    [InlineData("Microsoft.EventGrid/systemTopics/eventSubscriptions/write")]
    public async Task TheRoleIsEnoughAndEachRightThatItLacksIsNamed(string right)
    {
        _rig.Arm.World.Actions = AzureRole.Actions;
        Assert.Equal(CheckState.Passed, (await AskAsync(CheckKind.Rights)).State);

        _rig.Arm.World.Actions = [.. AzureRole.Actions.Where(action => action != right)];

        Assert.Equal($"The dashboard's identity may not: {right}.", (await AskAsync(CheckKind.Rights)).Detail);
    }

    [Theory]
    [InlineData("NotRegistered")]
    [InlineData("Registering")]
    public async Task AProviderThatIsNotRegisteredWouldFail(string state)
    {
        _rig.Arm.World.Providers["Microsoft.EventGrid"] = state;

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
        _rig.Arm.World.AddTopic("of-defender", _rig.Registry.ToUpperInvariant(), "security", "westeurope");
        _rig.Arm.World.Actions = mayAdd ? ["*"] : ["Microsoft.ContainerRegistry/*"];

        var finding = await AskAsync(CheckKind.SystemTopic);

        Assert.Equal((mayAdd ? CheckState.Passed : CheckState.Failed, null), (finding.State, finding.Topic));
        Assert.Contains("of-defender, lies in another resource group, security", finding.Detail, StringComparison.Ordinal);
        Assert.Equal(!mayAdd, finding.Command?.EndsWith("/resourceGroups/security'", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task ATopicThatIsSaidToExistAndDoesNotWouldFail()
    {
        await _rig.Room.Integrations.SetTopicAsync(TestActor.Administrator, _rig.Id, "gone-topic", exists: true, default);

        Assert.Equal(CheckState.Failed, (await AskAsync(CheckKind.SystemTopic)).State);
    }

    [Theory]
    [InlineData("publicNetworkAccess", "Disabled", "closed to the internet")]
    [InlineData("networkRuleSet", "Deny", "only listed addresses")]
    public async Task NetworkRulesAreWarnedOf(string property, string value, string told)
    {
        _rig.Arm.World.Resources[_rig.Registry]["properties"]![property] = property == "networkRuleSet" ? new System.Text.Json.Nodes.JsonObject { ["defaultAction"] = value } : value;

        var finding = await AskAsync(CheckKind.Network);

        Assert.Equal(CheckState.Warning, finding.State);
        Assert.Contains(told, finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAPublicAddressThatIsSaid()
    {
        await using var rig = await DeploymentRig.StartAsync(publicUrl: null);

        Assert.Equal(CheckState.Warning, (await rig.Room.Check(rig.Clients).RunAsync(TestActor.Administrator, rig.Id, default).ToListAsync()).Single(finding => finding.Kind == CheckKind.PublicUrl).State);
    }

    [Fact]
    public async Task WhatAzureRefusesToTellIsNotTakenForWell()
    {
        _rig.Arm.Trouble = context =>
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
        var properties = _rig.Arm.World.Resources[_rig.Registry]["properties"]!;
        Action make = world switch
        {
            "no rights" => () => _rig.Arm.World.Actions = ["*/read"],
            "no provider" => () => _rig.Arm.World.Providers["Microsoft.EventGrid"] = "NotRegistered",
            "another topic" => () => _rig.Arm.World.AddTopic("of-defender", _rig.Registry),
            "topic elsewhere" => () => (_rig.Arm.World.Actions, _) = (["Microsoft.ContainerRegistry/*"], _rig.Arm.World.AddTopic("of-defender", _rig.Registry, "security", "westeurope")),
            "name taken" => () => _rig.Arm.World.AddTopic(AzureNames.SystemTopic, _rig.Arm.World.AddRegistry("fabrikam")),
            "subscription taken" => () => _rig.Arm.World.AddSubscription(_rig.Arm.World.AddTopic(AzureNames.SystemTopic, _rig.Registry), AzureNames.EventSubscription, "https://api.scout.docker.com/hooks/acr/some-key"),
            "another scope map" => () => ArmRoutes.MakeToken(_rig.Arm.World, $"{_rig.Registry}/tokens/{AzureNames.Token}", "Succeeded")["properties"]!["scopeMapId"] = $"{_rig.Registry}/scopeMaps/_repositories_pull",
            "closed registry" => () => properties["publicNetworkAccess"] = "Disabled",
            "network rules" => () => properties["networkRuleSet"] = new System.Text.Json.Nodes.JsonObject { ["defaultAction"] = "Deny" },
            "elsewhere" => () => _rig.Room.Outside.Addresses = [],
            "azure refuses" => () => _rig.Arm.Trouble = context => Integrations.Rotation.RotationRig.RefuseAsync(context, "GET", 403),
            _ => () => { },
        };
        make();
        await (world == "topic said to exist" ? _rig.Room.Integrations.SetTopicAsync(TestActor.Administrator, _rig.Id, "gone-topic", exists: true, default) : Task.CompletedTask);

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
        var typed = await _rig.Room.AddAsync("fabrikam.azurecr.io");

        Assert.Empty(await _rig.Room.Check().RunAsync(TestActor.Administrator, _rig.Id, default).ToListAsync());
        Assert.Empty(await _rig.Room.Check(_rig.Clients).RunAsync(TestActor.Administrator, typed, default).ToListAsync());
        Assert.Empty(_rig.Arm.Calls);
    }

    public async Task InitializeAsync() => _rig = await DeploymentRig.StartAsync();

    public Task DisposeAsync() => _rig.DisposeAsync().AsTask();

    private async Task<IReadOnlyList<CheckFinding>> AskAsync() => await _rig.Room.Check(_rig.Clients).RunAsync(TestActor.Administrator, _rig.Id, default).ToListAsync();

    private async Task<CheckFinding> AskAsync(CheckKind kind) => (await AskAsync()).Single(finding => finding.Kind == kind);
}
