using System.Text.Json.Nodes;
using ScoutDashboard.Integrations;
using ScoutDashboard.Integrations.Deployments;
using ScoutDashboard.Tests.Azure;
using ScoutDashboard.Tests.Support;

namespace ScoutDashboard.Tests.Integrations.Deployments;

/// <summary>What of Azure's what-if a person is shown.</summary>
public sealed class DeploymentPreviewTests : IAsyncLifetime
{
    private DeploymentRig _rig = null!;

    [Fact]
    public async Task WhatIsThereStaysOrIsToldWithWhatOfItChanges()
    {
        _rig.Arm.World.AddTopic(AzureNames.SystemTopic, _rig.Registry);
        ArmRoutes.MakeToken(_rig.Arm.World, $"{_rig.Registry}/tokens/{AzureNames.Token}", "Succeeded")["properties"]!["scopeMapId"] = $"{_rig.Registry}/scopeMaps/of-the-build";

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
        _rig.Arm.World.Foreseen.Add(new JsonObject { ["resourceId"] = $"{_rig.Registry}/replications/north", ["changeType"] = type, ["unsupportedReason"] = reason.Length == 0 ? null : reason });

        var lines = await AskAsync();

        Assert.Equal(4, lines.Count);
        Assert.Equal(("north", expected, reason), lines[^1]);
    }

    [Fact]
    public async Task AnExistingTopicIsNotInThePreviewAndWithoutAnIdentityThereIsNone()
    {
        await _rig.Room.Integrations.SetTopicAsync(TestActor.Administrator, _rig.Id, "of-defender", exists: true, default);

        var seen = Assert.IsType<PreviewOutcome.Seen>(await _rig.Room.Preview(_rig.Clients).AskAsync(TestActor.Administrator, _rig.Id, default));

        Assert.Equal([AzureResourceKind.EventSubscription, AzureResourceKind.Token], seen.Lines.Select(line => line.Resource.Kind));
        Assert.IsType<PreviewOutcome.Failed>(await _rig.Room.Preview().AskAsync(TestActor.Administrator, _rig.Id, default));
    }

    public async Task InitializeAsync() => _rig = await DeploymentRig.StartAsync();

    public Task DisposeAsync() => _rig.DisposeAsync().AsTask();

    private async Task<IReadOnlyList<(string Name, PreviewChange Change, string Reason)>> AskAsync()
    {
        var seen = Assert.IsType<PreviewOutcome.Seen>(await _rig.Room.Preview(_rig.Clients).AskAsync(TestActor.Administrator, _rig.Id, default));
        Assert.Equal(1, seen.Others);
        return [.. seen.Lines.Select(line => (line.Resource.Name, line.Change, line.Reason))];
    }
}
