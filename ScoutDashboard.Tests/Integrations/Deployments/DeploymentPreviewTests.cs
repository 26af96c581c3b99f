using System.Text.Json.Nodes;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

/// <summary>What of Azure's what-if a person is shown.</summary>
public sealed class DeploymentPreviewTests : IAsyncLifetime
{
    private IntegrationRoom _room = null!;
    private ArmDouble _arm = null!;
    private string _registry = "";
    private long _id;

    [Fact]
    public async Task WhatIsThereStaysOrIsToldWithWhatOfItChanges()
    {
        _arm.World.AddTopic(AzureNames.SystemTopic, _registry);
        ArmRoutes.MakeToken(_arm.World, $"{_registry}/tokens/{AzureNames.Token}", "Succeeded")["properties"]!["scopeMapId"] = $"{_registry}/scopeMaps/of-the-build";

        Assert.Equal(
            [
                (AzureNames.SystemTopic, PreviewChange.None, ""), (AzureNames.EventSubscription, PreviewChange.Create, ""),
                (AzureNames.Token, PreviewChange.Change, "Of it changes: properties.scopeMapId."),
            ],
            await AskAsync());
    }

    [Theory]
    [InlineData("Delete", "", PreviewChange.Delete)]
    [InlineData("delete", "", PreviewChange.Delete)]
    [InlineData("NoEffect", "", PreviewChange.None)]
    [InlineData("Deploy", "", PreviewChange.Unknown)]
    [InlineData("Unsupported", "The resource's id can't be calculated before the deployment.", PreviewChange.Unknown)]
    [InlineData("SomethingNew", "", PreviewChange.Unknown)]
    public async Task WhatTheTemplateDoesNotMakeIsToldAsAzureDoes(string type, string reason, PreviewChange expected)
    {
        _arm.World.Foreseen.Add(new JsonObject { ["resourceId"] = $"{_registry}/replications/north", ["changeType"] = type, ["unsupportedReason"] = reason.Length == 0 ? null : reason });

        var lines = await AskAsync();

        Assert.Equal(4, lines.Count);
        Assert.Equal(("north", expected, reason), lines[^1]);
    }

    public async Task InitializeAsync()
    {
        _room = await IntegrationRoom.CreateAsync();
        _arm = await ArmDouble.StartAsync();
        _registry = _arm.World.AddRegistry("contoso");
        _id = (await _room.Integrations.AddAsync(TestActor.Administrator, _room.Host("contoso.azurecr.io"), AzurePlace.Create(ArmWorld.First, "rg1", "westeurope"), default)).IntegrationId;
    }

    public async Task DisposeAsync()
    {
        await _arm.DisposeAsync();
        await _room.DisposeAsync();
    }

    private async Task<IReadOnlyList<(string Name, PreviewChange Change, string Reason)>> AskAsync()
    {
        var seen = Assert.IsType<PreviewOutcome.Seen>(await _room.Preview(_arm.Clients(new HastyClock())).AskAsync(TestActor.Administrator, _id, default));
        Assert.Equal(1, seen.Others);
        return [.. seen.Lines.Select(line => (line.Resource.Name, line.Change, line.Reason))];
    }
}
